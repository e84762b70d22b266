package io.relook.job.s3;

import io.relook.job.s3.ObjectUnavailableException.Reason;
import io.relook.schemas.Excerpt;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.endpoints.S3EndpointParams;
import software.amazon.awssdk.services.s3.endpoints.S3EndpointProvider;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Decides what a failed request to S3 means, and says it in a sentence. */
final class S3Failures {
  /** Error codes about our credentials, clock or connection: no object is the cause. */
  private static final Set<String> OURS_TO_FIX =
      Set.of(
          "RequestTimeout",
          "InvalidAccessKeyId",
          "SignatureDoesNotMatch",
          "RequestTimeTooSkewed",
          "ExpiredToken",
          "InvalidToken",
          "TokenRefreshRequired");

  /** Error codes that ask for fewer requests, besides the status 429. */
  private static final Set<String> SLOW_DOWN =
      Set.of("SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded");

  private static final String NO_SUCH_KEY = "NoSuchKey";

  private static final String KMS = "KMS.";

  /** Longest text of the store that a sentence repeats, in characters. */
  private static final int MAX_SHOWN = 300;

  /** Header that names a bucket's region, also when the request went to another one. */
  private static final String BUCKET_REGION = "x-amz-bucket-region";

  /** Where the client finds a bucket; it knows, without asking, which names no bucket can have. */
  private static final S3EndpointProvider ENDPOINTS = S3EndpointProvider.defaultProvider();

  private final S3Settings settings;
  private final int attempts;

  /**
   * @param attempts tries of one request, which a sentence names
   */
  S3Failures(S3Settings settings, int attempts) {
    this.settings = settings;
    this.attempts = attempts;
  }

  static boolean isNoSuchKey(S3Exception answer) {
    return NO_SUCH_KEY.equals(errorCode(answer));
  }

  /** The region that a bucket is in, when the store answers that it is not in ours. */
  static Optional<String> otherRegion(S3Exception answer) {
    return answer.statusCode() == 301
        ? Optional.ofNullable(answer.awsErrorDetails())
            .map(AwsErrorDetails::sdkHttpResponse)
            .flatMap(response -> response.firstMatchingHeader(BUCKET_REGION))
        : Optional.empty();
  }

  /**
   * What a failed request means.
   *
   * @return the exception of a failure that belongs to this object or its bucket: another try does
   *     not help
   * @throws StoreUnavailableException for a failure that another try may heal: the service cannot
   *     be reached, is overloaded, or does not accept our credentials
   */
  ObjectUnavailableException of(S3Object location, SdkException e) {
    Optional<ObjectUnavailableException> unavailable =
        e instanceof S3Exception answer
            ? reason(answer)
                .map(
                    reason ->
                        new ObjectUnavailableException(reason, sentence(reason, location, answer)))
            : noAddress(location.getBucket())
                .map(
                    why ->
                        new ObjectUnavailableException(
                            Reason.INVALID_LOCATION,
                            "No bucket can have the name "
                                + Excerpt.of(location.getBucket())
                                + ": "
                                + why));
    if (unavailable.isPresent()) {
      unavailable.get().initCause(e);
      return unavailable.get();
    }
    throw new StoreUnavailableException(
        symptom(e),
        new IOException(
            "The object store did not serve s3://"
                + location.getBucket()
                + "/"
                + location.getKey()
                + " after "
                + attempts
                + (attempts == 1 ? " try: " : " tries: ")
                + e.getMessage(),
            e));
  }

  /** Whether the store asks for fewer requests. */
  static boolean isSlowDown(SdkException e) {
    return e instanceof S3Exception answer
        && (answer.statusCode() == 429
            || SLOW_DOWN.contains(errorCode(answer))
            // An answer to HEAD has no code.
            || answer.statusCode() == 503 && errorCode(answer).isEmpty());
  }

  private static Symptom symptom(SdkException e) {
    if (isSlowDown(e)) {
      return Symptom.SLOW_DOWN;
    }
    if (!(e instanceof S3Exception answer) || answer.statusCode() == 408) {
      return Symptom.NO_ANSWER;
    }
    return OURS_TO_FIX.contains(errorCode(answer)) ? Symptom.CREDENTIALS : Symptom.SERVER_ERROR;
  }

  /** Why the SDK finds no address for a bucket, without asking the store. */
  private Optional<String> noAddress(String bucket) {
    S3EndpointParams.Builder wanted =
        S3EndpointParams.builder()
            .bucket(bucket)
            .region(Region.of(settings.region()))
            .forcePathStyle(settings.pathStyleAccess());
    if (settings.endpoint() != null) {
      wanted.endpoint(settings.endpoint().toString());
    }
    try {
      ENDPOINTS.resolveEndpoint(wanted.build()).join();
      return Optional.empty();
    } catch (SdkException e) {
      return Optional.of(Excerpt.of(String.valueOf(e.getMessage()), MAX_SHOWN));
    } catch (CompletionException e) {
      return Optional.of(
          Excerpt.of(
              String.valueOf((e.getCause() == null ? e : e.getCause()).getMessage()), MAX_SHOWN));
    }
  }

  private static Optional<Reason> reason(S3Exception answer) {
    String code = errorCode(answer);
    if (OURS_TO_FIX.contains(code)) {
      return Optional.empty();
    }
    return switch (answer.statusCode()) {
      case 404 ->
          Optional.of("NoSuchBucket".equals(code) ? Reason.NO_SUCH_BUCKET : Reason.NO_SUCH_KEY);
      // 405: the current version is a delete marker; 410: gone.
      case 405, 410 -> Optional.of(Reason.NO_SUCH_KEY);
      // 501: an encryption the service does not have.
      case 401, 403, 501 -> Optional.of(Reason.FORBIDDEN);
      // 301: the bucket is in another region.
      case 301, 307 -> Optional.of(Reason.INVALID_LOCATION);
      case 400 ->
          Optional.of(code.startsWith(KMS) ? Reason.KMS_KEY_UNUSABLE : Reason.INVALID_LOCATION);
      // Timeout, conflict, too many requests, and everything that is not about the request.
      case 408, 409, 429 -> Optional.empty();
      default ->
          answer.statusCode() >= 400 && answer.statusCode() < 500
              ? Optional.of(Reason.INVALID_LOCATION)
              : Optional.empty();
    };
  }

  private static String errorCode(S3Exception answer) {
    AwsErrorDetails details = answer.awsErrorDetails();
    String code = details == null ? null : details.errorCode();
    return code == null ? "" : code;
  }

  private static String sentence(Reason reason, S3Object location, S3Exception answer) {
    String code = errorCode(answer);
    String suffix = code.isEmpty() ? "" : " (" + code + ")";
    return switch (reason) {
      case NO_SUCH_BUCKET -> "There is no bucket " + location.getBucket() + suffix + ".";
      case NO_SUCH_KEY ->
          "There is no object "
              + location.getKey()
              + " in bucket "
              + location.getBucket()
              + suffix
              + ".";
      case FORBIDDEN ->
          "The store refuses this request for bucket " + location.getBucket() + suffix + ".";
      case KMS_KEY_UNUSABLE ->
          "The store cannot use the encryption key of "
              + location.getKey()
              + " in bucket "
              + location.getBucket()
              + suffix
              + (code.isEmpty() ? "." : ": " + bounded(answer.awsErrorDetails().errorMessage()));
      case TOO_LARGE -> "The object is too large.";
      case NOT_SERVED -> "The store fails on this object" + suffix + ".";
      case INVALID_LOCATION ->
          "The store does not take this location in bucket " + location.getBucket() + suffix + ".";
    };
  }

  private static String bounded(@Nullable String given) {
    String text = given == null ? "" : given.strip();
    String shown = text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    return shown.endsWith(".") ? shown : shown + ".";
  }
}
