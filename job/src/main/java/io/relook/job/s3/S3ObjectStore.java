package io.relook.job.s3;

import io.relook.job.s3.ObjectUnavailableException.Reason;
import io.relook.schemas.Sha256;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * An object store behind the S3 protocol.
 *
 * <p>Every request is tried up to {@value #ATTEMPTS} times with growing, jittered pauses (the SDK's
 * standard strategy). A store that asks for fewer requests is asked less often and waited for,
 * unless the requests have a limit of their own. {@link S3Failures} decides what a failure means.
 */
public final class S3ObjectStore implements ObjectStore {
  private static final Logger LOG = LoggerFactory.getLogger(S3ObjectStore.class);

  /** Tries of one request, the first included. */
  static final int ATTEMPTS = 5;

  /** First and longest pause while the store asks for fewer requests. */
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** Metadata of an object that was put under a key later: digest of the key as it was named. */
  private static final String KEY_DIGEST = "relook-kms-key-digest";

  /** Never becomes an object. */
  private static final String WRITE_PROBE = ".relook-write-probe";

  /** Requests of one probe: the bucket, the begin of an upload, its end. */
  private static final int PROBE_REQUESTS = 3;

  /** Objects that S3 removes with one request at most. */
  private static final int MAX_REMOVED = 1_000;

  private final S3Clients clients;
  private final S3Settings settings;
  private final S3Failures failures;
  private final boolean waits;

  private S3ObjectStore(S3Settings settings, S3Clients.Limits limits) {
    this.clients = new S3Clients(settings, limits);
    this.settings = settings;
    this.failures = new S3Failures(settings, limits.attempts());
    this.waits = limits.waits();
  }

  /** Opens a store; nothing is sent yet, so the service need not be up. */
  public static S3ObjectStore connect(S3Settings settings) {
    return new S3ObjectStore(settings, S3Clients.Limits.STANDARD);
  }

  /** Opens a store that gives up every request after this time. */
  static S3ObjectStore connect(S3Settings settings, Duration limit) {
    return new S3ObjectStore(settings, S3Clients.Limits.within(limit));
  }

  /** Makes a request, and waits while the store asks for fewer of them. */
  private <T> T served(Supplier<T> request) {
    for (Duration pause = FIRST_PAUSE; ; pause = longer(pause)) {
      try {
        return request.get();
      } catch (SdkException e) {
        if (!waits || !S3Failures.isSlowDown(e)) {
          throw e;
        }
        LOG.info("The store asks for fewer requests: waiting {} s", pause.toSeconds());
      }
      try {
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new UncheckedIOException(
            new InterruptedIOException("Interrupted while the store asked for fewer requests"));
      }
    }
  }

  private static Duration longer(Duration pause) {
    Duration doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
  }

  @Override
  public byte[] get(S3Object location, long maxBytes) throws ObjectUnavailableException {
    requireNamed(location);
    GetObjectRequest request =
        GetObjectRequest.builder()
            .bucket(location.getBucket())
            .key(location.getKey())
            .versionId(location.getVersionId())
            .build();
    Optional<byte[]> bytes;
    try {
      bytes =
          served(
              () -> clients.of(location.getKey()).getObject(request, BoundedBody.atMost(maxBytes)));
    } catch (SdkException e) {
      throw failures.of(location, e);
    }
    return bytes.orElseThrow(
        () ->
            new ObjectUnavailableException(
                Reason.TOO_LARGE, "The object has more than " + maxBytes + " bytes."));
  }

  @Override
  public boolean exists(S3Object location) throws ObjectUnavailableException {
    requireNamed(location);
    HeadObjectRequest request =
        HeadObjectRequest.builder()
            .bucket(location.getBucket())
            .key(location.getKey())
            .versionId(location.getVersionId())
            .build();
    try {
      served(() -> clients.of(location.getKey()).headObject(request));
      return true;
    } catch (S3Exception e) {
      if (e.statusCode() == 404) {
        return false;
      }
      throw failures.of(location, e);
    } catch (SdkException e) {
      throw failures.of(location, e);
    }
  }

  @Override
  public void put(S3Object location, byte[] bytes, String contentType, Optional<String> kmsKeyId)
      throws ObjectUnavailableException {
    requireNamed(location);
    PutObjectRequest.Builder request =
        PutObjectRequest.builder()
            .bucket(location.getBucket())
            .key(location.getKey())
            .contentType(contentType);
    kmsKeyId.ifPresent(
        key -> request.serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(key));
    try {
      PutObjectRequest built = request.build();
      served(() -> clients.of(location.getKey()).putObject(built, RequestBody.fromBytes(bytes)));
    } catch (SdkException e) {
      throw failures.of(location, e);
    }
  }

  @Override
  public boolean copyUnderKey(S3Object location, String kmsKeyId)
      throws ObjectUnavailableException {
    requireNamed(location);
    String digest = Sha256.hex(kmsKeyId.getBytes(StandardCharsets.UTF_8));
    try {
      HeadObjectResponse head =
          served(
              () ->
                  clients
                      .of(location.getKey())
                      .headObject(
                          request -> request.bucket(location.getBucket()).key(location.getKey())));
      if (isUnder(head, kmsKeyId, digest)) {
        return false;
      }
      Map<String, String> metadata = new HashMap<>(head.metadata());
      metadata.put(KEY_DIGEST, digest);
      served(
          () ->
              clients
                  .of(location.getKey())
                  .copyObject(
                      request ->
                          request
                              .sourceBucket(location.getBucket())
                              .sourceKey(location.getKey())
                              .destinationBucket(location.getBucket())
                              .destinationKey(location.getKey())
                              // A copy onto itself may not keep everything as it was.
                              .metadataDirective(MetadataDirective.REPLACE)
                              .metadata(metadata)
                              .contentType(head.contentType())
                              .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                              .ssekmsKeyId(kmsKeyId)));
      return true;
    } catch (SdkException e) {
      throw failures.of(location, e);
    }
  }

  /**
   * S3 answers with the ARN of the key, however the request named it: an id is the end of its ARN,
   * and an alias is known by the digest that our own copy left.
   */
  private static boolean isUnder(HeadObjectResponse head, String kmsKeyId, String digest) {
    String arn = head.ssekmsKeyId();
    return head.serverSideEncryption() == ServerSideEncryption.AWS_KMS
        && arn != null
        && (arn.equals(kmsKeyId)
            || arn.endsWith(":key/" + kmsKeyId)
            || digest.equals(head.metadata().get(KEY_DIGEST)));
  }

  @Override
  public List<String> list(String bucket, String prefix) throws ObjectUnavailableException {
    requireNamed(new S3Object(bucket, prefix, null));
    try {
      return served(
          () ->
              clients
                  .ofBucket()
                  .listObjectsV2Paginator(request -> request.bucket(bucket).prefix(prefix))
                  .contents()
                  .stream()
                  .map(software.amazon.awssdk.services.s3.model.S3Object::key)
                  .toList());
    } catch (SdkException e) {
      throw failures.of(new S3Object(bucket, prefix, null), e);
    }
  }

  @Override
  public boolean move(S3Object from, String toKey) throws ObjectUnavailableException {
    requireNamed(from);
    try {
      HeadObjectResponse head =
          served(
              () ->
                  clients
                      .of(from.getKey())
                      .headObject(request -> request.bucket(from.getBucket()).key(from.getKey())));
      served(
          () ->
              clients
                  .of(toKey)
                  .copyObject(
                      request -> {
                        request
                            .sourceBucket(from.getBucket())
                            .sourceKey(from.getKey())
                            .destinationBucket(from.getBucket())
                            .destinationKey(toKey);
                        // Without this the bucket's own setting decides how the copy is encrypted.
                        if (head.serverSideEncryption() == ServerSideEncryption.AWS_KMS) {
                          request
                              .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                              .ssekmsKeyId(head.ssekmsKeyId());
                        }
                      }));
    } catch (S3Exception e) {
      // Without a body a missing bucket looks like a missing object: there is nothing to move.
      if (e.statusCode() == 404) {
        return false;
      }
      throw failures.of(from, e);
    } catch (SdkException e) {
      throw failures.of(from, e);
    }
    remove(from);
    return true;
  }

  @Override
  public void remove(S3Object location) throws ObjectUnavailableException {
    requireNamed(location);
    try {
      served(
          () ->
              clients
                  .of(location.getKey())
                  .deleteObject(
                      request -> request.bucket(location.getBucket()).key(location.getKey())));
    } catch (S3Exception e) {
      if (!S3Failures.isNoSuchKey(e)) {
        throw failures.of(location, e);
      }
    } catch (SdkException e) {
      throw failures.of(location, e);
    }
  }

  @Override
  public void removeAll(String bucket, List<String> keys) throws ObjectUnavailableException {
    for (int from = 0; from < keys.size(); from += MAX_REMOVED) {
      removeSome(bucket, keys.subList(from, Math.min(keys.size(), from + MAX_REMOVED)));
    }
  }

  private void removeSome(String bucket, List<String> keys) throws ObjectUnavailableException {
    S3Object first = new S3Object(bucket, keys.get(0), null);
    requireNamed(first);
    List<ObjectIdentifier> objects =
        keys.stream().map(key -> ObjectIdentifier.builder().key(key).build()).toList();
    List<S3Error> errors;
    try {
      errors =
          clients
              .ofBucket()
              .deleteObjects(
                  request ->
                      request.bucket(bucket).delete(delete -> delete.objects(objects).quiet(true)))
              .errors();
    } catch (SdkException e) {
      throw failures.of(first, e);
    }
    for (S3Error error : errors) {
      S3Object location = new S3Object(bucket, error.key(), null);
      // The answer to many has a code for each and no status; one request more tells what is wrong.
      remove(location);
    }
  }

  /** An upload in parts that is begun and aborted needs the permission to write and no more. */
  @Override
  public void requireWritable(S3Location location, Duration timeout)
      throws ObjectUnavailableException {
    String bucket = location.getBucket();
    S3Object probe = new S3Object(bucket, location.getPrefix() + WRITE_PROBE, null);
    requireNamed(probe);
    Duration each = timeout.dividedBy(PROBE_REQUESTS);
    try {
      String bucketRegion =
          clients
              .ofBucket()
              .headBucket(
                  request ->
                      request.bucket(bucket).overrideConfiguration(o -> o.apiCallTimeout(each)))
              .bucketRegion();
      if (bucketRegion != null && !bucketRegion.equals(settings.region())) {
        throw inOtherRegion(bucket, bucketRegion);
      }
      String upload =
          clients
              .of(probe.getKey())
              .createMultipartUpload(
                  request ->
                      request
                          .bucket(bucket)
                          .key(probe.getKey())
                          .overrideConfiguration(o -> o.apiCallTimeout(each)))
              .uploadId();
      clients
          .of(probe.getKey())
          .abortMultipartUpload(
              request ->
                  request
                      .bucket(bucket)
                      .key(probe.getKey())
                      .uploadId(upload)
                      .overrideConfiguration(o -> o.apiCallTimeout(each)));
    } catch (S3Exception e) {
      // A request without a body is answered without a code: what is missing is the bucket.
      if (e.statusCode() == 404) {
        throw new ObjectUnavailableException(
            Reason.NO_SUCH_BUCKET, "There is no bucket " + bucket + ".");
      }
      Optional<String> elsewhere = S3Failures.otherRegion(e);
      if (elsewhere.isPresent()) {
        throw inOtherRegion(bucket, elsewhere.get());
      }
      throw failures.of(probe, e);
    } catch (SdkException e) {
      throw failures.of(probe, e);
    }
  }

  private ObjectUnavailableException inOtherRegion(String bucket, String bucketRegion) {
    return new ObjectUnavailableException(
        Reason.INVALID_LOCATION,
        "The bucket "
            + bucket
            + " is in the region "
            + bucketRegion
            + ", not "
            + settings.region()
            + ".");
  }

  @Override
  public void close() {
    clients.close();
  }

  private static void requireNamed(S3Object location) throws ObjectUnavailableException {
    if (location.getBucket().isBlank() || location.getKey().isEmpty()) {
      throw new ObjectUnavailableException(
          Reason.INVALID_LOCATION, "The location needs a bucket and a key.");
    }
  }
}
