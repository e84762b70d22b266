package io.relook.job.s3;

import io.relook.job.s3.ObjectUnavailableException.Reason;
import io.relook.schemas.Excerpt;
import io.relook.schemas.Sha256;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.endpoints.S3EndpointParams;
import software.amazon.awssdk.services.s3.endpoints.S3EndpointProvider;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * An object store behind the S3 protocol.
 *
 * <p>Every request is tried up to {@value #ATTEMPTS} times with growing, jittered pauses (the SDK's
 * standard strategy); what still fails because the service cannot be reached, is overloaded, or
 * does not accept our own credentials is an {@link UncheckedIOException}: the world is broken, not
 * this object. Everything that stays true however often it is tried is an {@link
 * ObjectUnavailableException}.
 */
public final class S3ObjectStore implements ObjectStore {
  /** Tries of one request, the first included. */
  static final int ATTEMPTS = 5;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration SILENCE_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration ATTEMPT_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration REQUEST_TIMEOUT = Duration.ofMinutes(5);

  /** Above the threads that may share one store: waiting for a connection is never the limit. */
  private static final int MAX_CONNECTIONS = 64;

  /** Answers that speak of our credentials, clock or connection, and so of no particular object. */
  private static final Set<String> OURS_TO_MEND =
      Set.of(
          "RequestTimeout",
          "InvalidAccessKeyId",
          "SignatureDoesNotMatch",
          "RequestTimeTooSkewed",
          "ExpiredToken",
          "InvalidToken",
          "TokenRefreshRequired");

  private static final String NO_SUCH_KEY = "NoSuchKey";

  /** Metadata of an object that was put under a key later: digest of the key as it was named. */
  private static final String KEY_DIGEST = "relook-kms-key-digest";

  private static final String KMS = "KMS.";

  /** Longest text of the store's own that is passed on, in characters. */
  private static final int MOST_TOLD = 300;

  /** Header that names a bucket's region, also when the request went to another one. */
  private static final String BUCKET_REGION = "x-amz-bucket-region";

  /** Never becomes an object. */
  private static final String WRITE_PROBE = ".relook-write-probe";

  /** Requests of one probe: the bucket, the begin of an upload, its end. */
  private static final int PROBE_REQUESTS = 3;

  /** Where the client finds a bucket; knows, without asking, what can be none. */
  private static final S3EndpointProvider ENDPOINTS = S3EndpointProvider.defaultProvider();

  private final S3Client client;
  private final S3Settings settings;

  private S3ObjectStore(S3Client client, S3Settings settings) {
    this.client = client;
    this.settings = settings;
  }

  /** Opens a store; nothing is sent yet, so the service need not be up. */
  public static S3ObjectStore connect(S3Settings settings) {
    S3ClientBuilder builder =
        S3Client.builder()
            .region(Region.of(settings.region()))
            .forcePathStyle(settings.pathStyleAccess())
            // Many S3-compatible services do not know the newer checksum trailers.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .httpClientBuilder(
                Apache5HttpClient.builder()
                    .maxConnections(MAX_CONNECTIONS)
                    .connectionTimeout(CONNECT_TIMEOUT)
                    .connectionAcquisitionTimeout(SILENCE_TIMEOUT)
                    .socketTimeout(SILENCE_TIMEOUT))
            .overrideConfiguration(
                configuration ->
                    configuration
                        .apiCallAttemptTimeout(ATTEMPT_TIMEOUT)
                        .apiCallTimeout(REQUEST_TIMEOUT)
                        .retryStrategy(
                            AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(ATTEMPTS)
                                .build()));
    if (settings.endpoint() != null) {
      builder.endpointOverride(settings.endpoint());
    }
    return new S3ObjectStore(builder.build(), settings);
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
      bytes = client.getObject(request, atMost(maxBytes));
    } catch (SdkException e) {
      throw unavailable(location, e);
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
      client.headObject(request);
      return true;
    } catch (S3Exception e) {
      if (e.statusCode() == 404) {
        return false;
      }
      throw unavailable(location, e);
    } catch (SdkException e) {
      throw unavailable(location, e);
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
      client.putObject(request.build(), RequestBody.fromBytes(bytes));
    } catch (SdkException e) {
      throw unavailable(location, e);
    }
  }

  @Override
  public boolean copyUnderKey(S3Object location, String kmsKeyId)
      throws ObjectUnavailableException {
    requireNamed(location);
    String digest = Sha256.hex(kmsKeyId.getBytes(StandardCharsets.UTF_8));
    try {
      HeadObjectResponse head =
          client.headObject(request -> request.bucket(location.getBucket()).key(location.getKey()));
      if (isUnder(head, kmsKeyId, digest)) {
        return false;
      }
      Map<String, String> metadata = new HashMap<>(head.metadata());
      metadata.put(KEY_DIGEST, digest);
      client.copyObject(
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
                  .ssekmsKeyId(kmsKeyId));
      return true;
    } catch (SdkException e) {
      throw unavailable(location, e);
    }
  }

  /**
   * S3 tells the ARN of the key, whatever it was asked for with: an id is the end of its ARN, an
   * alias is recognised by the digest that our own copy left.
   */
  private static boolean isUnder(HeadObjectResponse head, String kmsKeyId, String digest) {
    String told = head.ssekmsKeyId();
    return head.serverSideEncryption() == ServerSideEncryption.AWS_KMS
        && told != null
        && (told.equals(kmsKeyId)
            || told.endsWith(":key/" + kmsKeyId)
            || digest.equals(head.metadata().get(KEY_DIGEST)));
  }

  @Override
  public List<String> list(String bucket, String prefix) throws ObjectUnavailableException {
    requireNamed(new S3Object(bucket, prefix, null));
    try {
      return client
          .listObjectsV2Paginator(request -> request.bucket(bucket).prefix(prefix))
          .contents()
          .stream()
          .map(software.amazon.awssdk.services.s3.model.S3Object::key)
          .toList();
    } catch (SdkException e) {
      throw unavailable(new S3Object(bucket, prefix, null), e);
    }
  }

  @Override
  public boolean move(S3Object from, String toKey) throws ObjectUnavailableException {
    requireNamed(from);
    try {
      HeadObjectResponse head =
          client.headObject(request -> request.bucket(from.getBucket()).key(from.getKey()));
      client.copyObject(
          request -> {
            request
                .sourceBucket(from.getBucket())
                .sourceKey(from.getKey())
                .destinationBucket(from.getBucket())
                .destinationKey(toKey);
            // A copy is encrypted as its bucket encrypts by itself, unless told otherwise.
            if (head.serverSideEncryption() == ServerSideEncryption.AWS_KMS) {
              request
                  .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                  .ssekmsKeyId(head.ssekmsKeyId());
            }
          });
    } catch (S3Exception e) {
      // Without a body a missing bucket looks like a missing object: there is nothing to move.
      if (e.statusCode() == 404) {
        return false;
      }
      throw unavailable(from, e);
    } catch (SdkException e) {
      throw unavailable(from, e);
    }
    remove(from);
    return true;
  }

  @Override
  public void remove(S3Object location) throws ObjectUnavailableException {
    requireNamed(location);
    try {
      client.deleteObject(request -> request.bucket(location.getBucket()).key(location.getKey()));
    } catch (S3Exception e) {
      if (!NO_SUCH_KEY.equals(errorCode(e))) {
        throw unavailable(location, e);
      }
    } catch (SdkException e) {
      throw unavailable(location, e);
    }
  }

  /** An upload in parts that is begun and aborted needs the permission to write and no more. */
  @Override
  public void requireWritable(S3Location location, Duration timeout)
      throws ObjectUnavailableException {
    String bucket = location.getBucket();
    S3Object probe = new S3Object(bucket, location.getPrefix() + WRITE_PROBE, null);
    Duration each = timeout.dividedBy(PROBE_REQUESTS);
    try {
      String bucketRegion =
          client
              .headBucket(
                  request ->
                      request.bucket(bucket).overrideConfiguration(o -> o.apiCallTimeout(each)))
              .bucketRegion();
      if (bucketRegion != null && !bucketRegion.equals(settings.region())) {
        throw inOtherRegion(bucket, bucketRegion);
      }
      String upload =
          client
              .createMultipartUpload(
                  request ->
                      request
                          .bucket(bucket)
                          .key(probe.getKey())
                          .overrideConfiguration(o -> o.apiCallTimeout(each)))
              .uploadId();
      client.abortMultipartUpload(
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
      Optional<String> elsewhere =
          Optional.ofNullable(e.awsErrorDetails())
              .map(AwsErrorDetails::sdkHttpResponse)
              .flatMap(response -> response.firstMatchingHeader(BUCKET_REGION));
      if (e.statusCode() == 301 && elsewhere.isPresent()) {
        throw inOtherRegion(bucket, elsewhere.get());
      }
      throw unavailable(probe, e);
    } catch (SdkException e) {
      throw unavailable(probe, e);
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
    client.close();
  }

  /** Reads a body as a whole, or nothing of it when it is longer than the bound. */
  private static ResponseTransformer<GetObjectResponse, Optional<byte[]>> atMost(long maxBytes) {
    // One less than the largest array, because one byte more than the bound is asked for.
    int bound = (int) Math.min(maxBytes, Integer.MAX_VALUE - 16);
    return (response, body) -> {
      Long announced = response.contentLength();
      if (announced != null && announced > bound) {
        body.abort();
        return Optional.empty();
      }
      byte[] bytes = readBounded(body, bound);
      if (bytes.length > bound) {
        body.abort();
        return Optional.empty();
      }
      if (announced != null && bytes.length < announced) {
        throw RetryableException.builder()
            .message("The body ended after " + bytes.length + " of " + announced + " bytes")
            .build();
      }
      return Optional.of(bytes);
    };
  }

  private static byte[] readBounded(AbortableInputStream body, int bound) {
    try {
      InputStream in = body;
      return in.readNBytes(bound + 1);
    } catch (IOException e) {
      // Inside the transformer a broken connection is one more failed try, not the end.
      throw RetryableException.builder().message("The body could not be read").cause(e).build();
    }
  }

  private static void requireNamed(S3Object location) throws ObjectUnavailableException {
    if (location.getBucket().isBlank() || location.getKey().isEmpty()) {
      throw new ObjectUnavailableException(
          Reason.INVALID_LOCATION, "The location needs a bucket and a key.");
    }
  }

  /**
   * What a failed request means. Returns the exception for a failure of this object, throws the one
   * for a failure of the world.
   */
  private ObjectUnavailableException unavailable(S3Object location, SdkException e) {
    Optional<ObjectUnavailableException> unavailable =
        e instanceof S3Exception answer
            ? reason(answer)
                .map(
                    reason ->
                        new ObjectUnavailableException(reason, sentence(reason, location, answer)))
            : refusal(location.getBucket())
                .map(
                    refusal ->
                        new ObjectUnavailableException(
                            Reason.INVALID_LOCATION,
                            "There can be no bucket "
                                + Excerpt.of(location.getBucket())
                                + ": "
                                + refusal));
    if (unavailable.isPresent()) {
      unavailable.get().initCause(e);
      return unavailable.get();
    }
    throw new UncheckedIOException(
        new IOException(
            "The object store did not serve s3://"
                + location.getBucket()
                + "/"
                + location.getKey()
                + " after "
                + ATTEMPTS
                + " tries: "
                + e.getMessage(),
            e));
  }

  /** Why the SDK has no address for a bucket, however often it is asked. */
  private Optional<String> refusal(String bucket) {
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
      return Optional.of(Excerpt.of(String.valueOf(e.getMessage()), MOST_TOLD));
    } catch (CompletionException e) {
      return Optional.of(
          Excerpt.of(
              String.valueOf((e.getCause() == null ? e : e.getCause()).getMessage()), MOST_TOLD));
    }
  }

  private static Optional<Reason> reason(S3Exception answer) {
    String code = errorCode(answer);
    if (OURS_TO_MEND.contains(code)) {
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
      default -> Optional.empty();
    };
  }

  private static String errorCode(S3Exception answer) {
    AwsErrorDetails details = answer.awsErrorDetails();
    String code = details == null ? null : details.errorCode();
    return code == null ? "" : code;
  }

  private static String sentence(Reason reason, S3Object location, S3Exception answer) {
    String code = errorCode(answer);
    String told = code.isEmpty() ? "" : " (" + code + ")";
    return switch (reason) {
      case NO_SUCH_BUCKET -> "There is no bucket " + location.getBucket() + told + ".";
      case NO_SUCH_KEY ->
          "There is no object "
              + location.getKey()
              + " in bucket "
              + location.getBucket()
              + told
              + ".";
      case FORBIDDEN ->
          "The store refuses this request for bucket " + location.getBucket() + told + ".";
      case KMS_KEY_UNUSABLE ->
          "The store cannot use the encryption key of "
              + location.getKey()
              + " in bucket "
              + location.getBucket()
              + told
              + (code.isEmpty() ? "." : ": " + bounded(answer.awsErrorDetails().errorMessage()));
      case TOO_LARGE -> "The object is too large.";
      case INVALID_LOCATION ->
          "The store does not take this location in bucket " + location.getBucket() + told + ".";
    };
  }

  private static String bounded(@Nullable String told) {
    String text = told == null ? "" : told.strip();
    String shown = text.length() <= MOST_TOLD ? text : text.substring(0, MOST_TOLD) + "…";
    return shown.endsWith(".") ? shown : shown + ".";
  }
}
