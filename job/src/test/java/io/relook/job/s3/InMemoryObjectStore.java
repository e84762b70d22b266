package io.relook.job.s3;

import io.relook.job.s3.ObjectUnavailableException.Reason;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An object store in memory, with failures that a test sets and counters that it reads. Passes
 * {@link ObjectStoreContract} as the real one does.
 */
public final class InMemoryObjectStore implements ObjectStore {
  /** An object as it was written. */
  @SuppressWarnings("ArrayRecordComponent") // compared by its parts only
  public record Kept(byte[] bytes, String contentType, Optional<String> kmsKeyId) {}

  private static final Map<Integer, InMemoryObjectStore> STORES = new ConcurrentHashMap<>();
  private static final AtomicInteger NEXT = new AtomicInteger();

  private final int id = NEXT.incrementAndGet();
  private final Map<String, NavigableMap<String, Kept>> buckets = new ConcurrentHashMap<>();
  private final Set<String> forbidden = ConcurrentHashMap.newKeySet();
  private final Set<String> elsewhere = ConcurrentHashMap.newKeySet();
  private final Set<String> forbiddenKeys = ConcurrentHashMap.newKeySet();
  private final Map<String, Symptom> failing = new ConcurrentHashMap<>();
  private final Set<String> readOnly = ConcurrentHashMap.newKeySet();
  private final Set<String> vanishing = ConcurrentHashMap.newKeySet();
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicInteger gets = new AtomicInteger();
  private final AtomicInteger heads = new AtomicInteger();
  private final AtomicInteger copies = new AtomicInteger();
  private final AtomicInteger puts = new AtomicInteger();
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();
  private final AtomicReference<@Nullable RuntimeException> thrown = new AtomicReference<>();
  private volatile boolean unreachable;

  /** A store with these empty buckets. */
  public InMemoryObjectStore(String... names) {
    for (String name : names) {
      buckets.put(name, new ConcurrentSkipListMap<>());
    }
    STORES.put(id, this);
  }

  /** Finds this very store again, wherever Flink carries the factory. */
  public ObjectStoreFactory factory() {
    return new Lookup(id);
  }

  /** From now on nothing in the bucket may be read or written. */
  public void forbid(String bucket) {
    forbidden.add(bucket);
  }

  /** From now on the bucket may be read and written again. */
  public void permit(String bucket) {
    forbidden.remove(bucket);
  }

  /**
   * From now on requests for this object, or for all of a bucket, fail like this.
   *
   * @param key empty for all objects of the bucket
   */
  public void fail(String bucket, String key, Symptom symptom) {
    failing.put(bucket + "/" + key, symptom);
  }

  /** From now on they do not. */
  public void heal(String bucket, String key) {
    failing.remove(bucket + "/" + key);
  }

  /** From now on nothing can be written into the bucket. */
  public void readOnly(String bucket) {
    readOnly.add(bucket);
  }

  /** From now on the bucket is in another region than this store. */
  public void moveElsewhere(String bucket) {
    elsewhere.add(bucket);
  }

  /** From now on nothing may be written or read under this encryption key. */
  public void forbidKey(String kmsKeyId) {
    forbiddenKeys.add(kmsKeyId);
  }

  /** Somebody else removes the object just before it is read next. */
  public void removeBeforeGet(String key) {
    vanishing.add(key);
  }

  /** How often an object was put under a key that was not its own. */
  public int copies() {
    return copies.get();
  }

  /** The next requests fail as if the service were down. */
  public void failNext(int requests) {
    failures.set(requests);
  }

  /** The next request fails with what a client of the service does not document. */
  public void throwNext(RuntimeException undocumented) {
    thrown.set(undocumented);
  }

  /** Whether the service is down. */
  public void unreachable(boolean down) {
    unreachable = down;
  }

  /** What is kept in a bucket, by key. */
  public NavigableMap<String, Kept> bucket(String name) {
    NavigableMap<String, Kept> bucket = buckets.get(name);
    if (bucket == null) {
      throw new IllegalArgumentException("No bucket " + name);
    }
    return bucket;
  }

  /** The object as it was written. */
  public Kept kept(String bucket, String key) {
    Kept kept = bucket(bucket).get(key);
    if (kept == null) {
      throw new IllegalArgumentException("No object " + key + " among " + bucket(bucket).keySet());
    }
    return kept;
  }

  public void removeBucket(String name) {
    buckets.remove(name);
  }

  public int gets() {
    return gets.get();
  }

  public int heads() {
    return heads.get();
  }

  public int puts() {
    return puts.get();
  }

  /** How often the store was opened and not closed. */
  public int open() {
    return opened.get() - closed.get();
  }

  @Override
  public byte[] get(S3Object location, long maxBytes) throws ObjectUnavailableException {
    gets.incrementAndGet();
    NavigableMap<String, Kept> bucket = permitted(location);
    if (vanishing.remove(location.getKey())) {
      bucket.remove(location.getKey());
    }
    Kept kept = bucket.get(location.getKey());
    if (kept == null) {
      throw new ObjectUnavailableException(
          Reason.NO_SUCH_KEY,
          "There is no object " + location.getKey() + " in bucket " + location.getBucket() + ".");
    }
    requireUsable(kept.kmsKeyId());
    if (kept.bytes().length > maxBytes) {
      throw new ObjectUnavailableException(
          Reason.TOO_LARGE, "The object has more than " + maxBytes + " bytes.");
    }
    return kept.bytes().clone();
  }

  @Override
  public boolean exists(S3Object location) throws ObjectUnavailableException {
    heads.incrementAndGet();
    try {
      return permitted(location).containsKey(location.getKey());
    } catch (ObjectUnavailableException e) {
      if (e.reason() == Reason.NO_SUCH_BUCKET) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void put(S3Object location, byte[] bytes, String contentType, Optional<String> kmsKeyId)
      throws ObjectUnavailableException {
    puts.incrementAndGet();
    requireUsable(kmsKeyId);
    if (readOnly.contains(location.getBucket())) {
      throw new ObjectUnavailableException(
          Reason.FORBIDDEN, "The bucket " + location.getBucket() + " is read-only.");
    }
    permitted(location).put(location.getKey(), new Kept(bytes.clone(), contentType, kmsKeyId));
  }

  private void requireUsable(Optional<String> kmsKeyId) throws ObjectUnavailableException {
    if (kmsKeyId.filter(forbiddenKeys::contains).isPresent()) {
      throw new ObjectUnavailableException(
          Reason.KMS_KEY_UNUSABLE, "The store cannot use the key " + kmsKeyId.get() + ".");
    }
  }

  @Override
  public boolean copyUnderKey(S3Object location, String kmsKeyId)
      throws ObjectUnavailableException {
    NavigableMap<String, Kept> bucket = permitted(location);
    Kept kept = bucket.get(location.getKey());
    if (kept == null) {
      throw new ObjectUnavailableException(
          Reason.NO_SUCH_KEY, "There is no object " + location.getKey() + ".");
    }
    if (kept.kmsKeyId().equals(Optional.of(kmsKeyId))) {
      return false;
    }
    requireUsable(kept.kmsKeyId());
    requireUsable(Optional.of(kmsKeyId));
    copies.incrementAndGet();
    bucket.put(
        location.getKey(), new Kept(kept.bytes(), kept.contentType(), Optional.of(kmsKeyId)));
    return true;
  }

  @Override
  public List<String> list(String bucket, String prefix) throws ObjectUnavailableException {
    return permitted(new S3Object(bucket, prefix, null)).keySet().stream()
        .filter(key -> key.startsWith(prefix))
        .toList();
  }

  @Override
  public boolean move(S3Object from, String toKey) throws ObjectUnavailableException {
    NavigableMap<String, Kept> bucket = permitted(from);
    Kept kept = bucket.get(from.getKey());
    if (kept == null) {
      return false;
    }
    requireUsable(kept.kmsKeyId());
    bucket.put(toKey, kept);
    bucket.remove(from.getKey());
    return true;
  }

  @Override
  public void remove(S3Object location) throws ObjectUnavailableException {
    permitted(location).remove(location.getKey());
  }

  @Override
  public void removeAll(String bucket, List<String> keys) throws ObjectUnavailableException {
    for (String key : keys) {
      remove(new S3Object(bucket, key, null));
    }
  }

  @Override
  public void requireWritable(S3Location location, Duration timeout)
      throws ObjectUnavailableException {
    permitted(new S3Object(location.getBucket(), "probe", null));
    if (elsewhere.contains(location.getBucket())) {
      throw new ObjectUnavailableException(
          Reason.INVALID_LOCATION,
          "The bucket " + location.getBucket() + " is in the region eu-west-1, not us-east-1.");
    }
  }

  @Override
  public void close() {
    closed.incrementAndGet();
  }

  private NavigableMap<String, Kept> permitted(S3Object location)
      throws ObjectUnavailableException {
    RuntimeException undocumented = thrown.getAndSet(null);
    if (undocumented != null) {
      throw undocumented;
    }
    if (unreachable || failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new UncheckedIOException(new IOException("The object store is down"));
    }
    if (location.getBucket().isBlank() || location.getKey().isEmpty()) {
      throw new ObjectUnavailableException(
          Reason.INVALID_LOCATION, "The location needs a bucket and a key.");
    }
    if (location.getBucket().contains(":")) {
      throw new ObjectUnavailableException(
          Reason.INVALID_LOCATION, "No bucket can have the name " + location.getBucket() + ".");
    }
    if (forbidden.contains(location.getBucket())) {
      throw new ObjectUnavailableException(
          Reason.FORBIDDEN,
          "The store refuses this request for bucket " + location.getBucket() + ".");
    }
    Symptom symptom =
        failing.getOrDefault(
            location.getBucket() + "/" + location.getKey(),
            failing.get(location.getBucket() + "/"));
    if (symptom != null) {
      throw new StoreUnavailableException(symptom, new IOException("It fails: " + symptom.words()));
    }
    NavigableMap<String, Kept> bucket = buckets.get(location.getBucket());
    if (bucket == null) {
      throw new ObjectUnavailableException(
          Reason.NO_SUCH_BUCKET, "There is no bucket " + location.getBucket() + ".");
    }
    return bucket;
  }

  private record Lookup(int id) implements ObjectStoreFactory {
    @Override
    public ObjectStore open() {
      InMemoryObjectStore store = STORES.get(id);
      if (store == null) {
        throw new IllegalStateException("No store " + id);
      }
      store.opened.incrementAndGet();
      return store;
    }
  }
}
