package io.relook.job.probe;

import io.relook.job.async.OrderedStep;
import io.relook.job.domain.OutputBucket;
import io.relook.job.domain.OutputBucket.Verdict;
import io.relook.job.domain.RegistryInput;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.schemas.access.AccessControl;
import io.relook.schemas.operation.Operation;
import io.relook.wire.S3Location;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes the output bucket of each CreateModel before the registry decides, unless access control
 * refuses the command: relook asks no store for somebody who may not ask relook. A result is kept
 * for a while. When the store does not answer, or the probe itself fails, the sender is told to try
 * again and the next command probes again: no command fails the task.
 */
final class OutputBucketProbe implements OrderedStep<RegistryInput, RegistryInput> {

  private static final Logger LOG = LoggerFactory.getLogger(OutputBucketProbe.class);

  /** Number of locations whose results are kept at the same time. */
  private static final int MOST_KEPT = 1_000;

  private final ObjectStore store;
  private final Duration timeout;
  private final Duration kept;
  private final AccessControl access;
  private final Clock clock;
  private final Map<S3Location, Found> found;

  OutputBucketProbe(
      ObjectStore store, Duration timeout, Duration kept, AccessControl access, Clock clock) {
    this.store = store;
    this.timeout = timeout;
    this.kept = kept;
    this.access = access;
    this.clock = clock;
    this.found =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<S3Location, Found> eldest) {
            return size() > MOST_KEPT;
          }
        };
  }

  private record Found(OutputBucket bucket, Instant at) {}

  @Override
  public Optional<Emission<RegistryInput>> atOnce(RegistryInput input) {
    Optional<S3Location> location = location(input);
    if (location.isEmpty()) {
      return Optional.of(outputs -> outputs.main(input));
    }
    return known(location.get()).map(bucket -> outputs -> outputs.main(input.with(bucket)));
  }

  @Override
  public Emission<RegistryInput> work(RegistryInput input) {
    S3Location location = location(input).orElseThrow();
    OutputBucket bucket = known(location).orElseGet(() -> probe(location));
    if (bucket.verdict() != Verdict.UNREACHABLE) {
      synchronized (found) {
        found.put(location, new Found(bucket, clock.instant()));
      }
    }
    return outputs -> outputs.main(input.with(bucket));
  }

  private OutputBucket probe(S3Location location) {
    try {
      store.requireWritable(location, timeout);
      return OutputBucket.ASSUMED_WRITABLE;
    } catch (ObjectUnavailableException e) {
      String reason = String.valueOf(e.getMessage());
      return switch (e.reason()) {
        case NO_SUCH_BUCKET, NO_SUCH_KEY ->
            new OutputBucket(Verdict.MISSING, reason + " Create it, or name another one.");
        case FORBIDDEN, KMS_KEY_UNUSABLE ->
            new OutputBucket(
                Verdict.FORBIDDEN,
                reason + " Allow relook to write objects there, or name another bucket.");
        case INVALID_LOCATION, TOO_LARGE ->
            new OutputBucket(
                Verdict.OTHER_REGION, reason + " Name a bucket in the region of this service.");
        case NOT_SERVED ->
            new OutputBucket(
                Verdict.UNREACHABLE,
                reason + " Send the same request again after RetryAfterSeconds.");
      };
    } catch (UncheckedIOException e) {
      LOG.warn(
          "Probing the output bucket {} failed; the reply asks the sender to try again",
          location.getBucket(),
          e);
      return new OutputBucket(
          Verdict.UNREACHABLE,
          "the object store did not answer, or answered with an error, within "
              + timeout.toSeconds()
              + " seconds. Send the same request again after RetryAfterSeconds.");
    } catch (RuntimeException | StackOverflowError e) {
      // Thrown on, it would fail the task, which reads the command again and again.
      LOG.error("Probing the output bucket {} failed", location.getBucket(), e);
      return new OutputBucket(
          Verdict.UNREACHABLE,
          "relook failed while probing it ("
              + e.getClass().getSimpleName()
              + "). Send the same request again after RetryAfterSeconds. If that fails too, it is a"
              + " defect of relook: report it with the log of the task manager, and name another"
              + " bucket or prefix.");
    }
  }

  private Optional<OutputBucket> known(S3Location location) {
    synchronized (found) {
      return Optional.ofNullable(found.get(location))
          .filter(f -> Duration.between(f.at(), clock.instant()).compareTo(kept) < 0)
          .map(Found::bucket);
    }
  }

  /** A command whose location cannot even be read is not probed: the registry decides about it. */
  private Optional<S3Location> location(RegistryInput input) {
    try {
      return input.match(
          (command, bucket) ->
              Operation.of(command.getBody())
                  .outputLocation()
                  .filter(output -> access.refusal(command).isEmpty()),
          outcome -> Optional.empty(),
          outcome -> Optional.empty());
    } catch (RuntimeException e) {
      LOG.warn("{} is not probed", input.origin().place(), e);
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    store.close();
  }
}
