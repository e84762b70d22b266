package io.relook.job.s3;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * The clients of a store, opened when they are first needed.
 *
 * <p>For most keys it is Apache's HTTP client, which keeps connections. It writes {@code //} in a
 * path as {@code /%2F} after the request was signed with {@code //} (SDK 2.57.8, {@code
 * Apache5HttpRequestFactory.sanitizeUri}). A store that checks the signature over the path as it
 * came then refuses the request. So keys with an empty part go over the JDK's client, which sends
 * the path that was signed.
 */
final class S3Clients implements AutoCloseable {

  /** Above the threads that may share one store: waiting for a connection is never the limit. */
  private static final int MAX_CONNECTIONS = 64;

  private final S3Settings settings;
  private final Limits limits;
  private final S3Client keeping;
  private @Nullable S3Client exact;

  /**
   * Limits of a request.
   *
   * @param attempts tries of one request, the first included
   * @param connect longest time to connect
   * @param silence longest time without a byte
   * @param attempt longest time of one try
   * @param request longest time of all tries
   * @param waits whether a request waits, beyond these limits, while the store asks for fewer
   *     requests
   */
  record Limits(
      int attempts,
      Duration connect,
      Duration silence,
      Duration attempt,
      Duration request,
      boolean waits) {

    static final Limits STANDARD =
        new Limits(
            S3ObjectStore.ATTEMPTS,
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofMinutes(2),
            Duration.ofMinutes(5),
            true);

    /** Tries within a limit, the first included. */
    private static final int ATTEMPTS_WITHIN = 2;

    /** A request that ends within this time. */
    static Limits within(Duration limit) {
      return new Limits(ATTEMPTS_WITHIN, limit, limit, limit, limit, false);
    }
  }

  S3Clients(S3Settings settings, Limits limits) {
    this.settings = settings;
    this.limits = limits;
    this.keeping =
        builder()
            .httpClientBuilder(
                Apache5HttpClient.builder()
                    .maxConnections(MAX_CONNECTIONS)
                    .connectionTimeout(limits.connect())
                    .connectionAcquisitionTimeout(limits.silence())
                    .socketTimeout(limits.silence()))
            .build();
  }

  /** The client for requests that name a key in their path. */
  S3Client of(String key) {
    return key.startsWith("/") || key.contains("//") ? exact() : keeping;
  }

  /** The client for requests that name a bucket alone. */
  S3Client ofBucket() {
    return keeping;
  }

  private synchronized S3Client exact() {
    S3Client opened = exact;
    if (opened == null) {
      SdkHttpClient.Builder<?> http =
          UrlConnectionHttpClient.builder()
              .connectionTimeout(limits.connect())
              .socketTimeout(limits.silence());
      opened = builder().httpClientBuilder(http).build();
      exact = opened;
    }
    return opened;
  }

  private S3ClientBuilder builder() {
    S3ClientBuilder builder =
        S3Client.builder()
            .region(Region.of(settings.region()))
            .forcePathStyle(settings.pathStyleAccess())
            // Many S3-compatible services do not know the newer checksum trailers.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .overrideConfiguration(
                configuration ->
                    configuration
                        .apiCallAttemptTimeout(limits.attempt())
                        .apiCallTimeout(limits.request())
                        .retryStrategy(retries()));
    if (settings.endpoint() != null) {
      builder.endpointOverride(settings.endpoint());
    }
    return builder;
  }

  private StandardRetryStrategy retries() {
    StandardRetryStrategy.Builder retries =
        AwsRetryStrategy.standardRetryStrategy().toBuilder().maxAttempts(limits.attempts());
    if (!limits.waits()) {
      // The pause of the SDK is longer than a short limit, whose end would hide the answer.
      retries.throttlingBackoffStrategy(BackoffStrategy.fixedDelay(limits.request().dividedBy(4)));
    }
    return retries.build();
  }

  @Override
  public void close() {
    keeping.close();
    synchronized (this) {
      if (exact != null) {
        exact.close();
      }
    }
  }
}
