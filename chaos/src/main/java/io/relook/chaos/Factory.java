package io.relook.chaos;

import io.relook.embedded.EmbeddedS3;
import java.net.URI;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;

/** A bucket of others, in which pictures lie that messages name; written without the proxy. */
final class Factory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Factory.class);

  static final String BUCKET = "factory";

  private final S3Client s3;

  private Factory(S3Client s3) {
    this.s3 = s3;
  }

  static Factory open(URI endpoint, AwsCredentials credentials) {
    S3Client s3 =
        S3Client.builder()
            .endpointOverride(endpoint)
            .region(Region.of(EmbeddedS3.DEFAULT_REGION))
            .forcePathStyle(true)
            .credentialsProvider(StaticCredentialsProvider.create(credentials))
            .overrideConfiguration(o -> o.apiCallTimeout(Duration.ofSeconds(5)))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(Duration.ofSeconds(2))
                    .socketTimeout(Duration.ofSeconds(4)))
            .build();
    try {
      s3.createBucket(request -> request.bucket(BUCKET));
    } catch (BucketAlreadyOwnedByYouException e) {
      LOG.debug("The bucket {} is there", BUCKET);
    }
    return new Factory(s3);
  }

  /** Puts an object; answers whether it is there, as the store may be dead or frozen. */
  boolean put(String key, byte[] bytes) {
    try {
      s3.putObject(request -> request.bucket(BUCKET).key(key), RequestBody.fromBytes(bytes));
      return true;
    } catch (SdkException e) {
      LOG.info("The object {} was not put: {}", key, e.getMessage());
      return false;
    }
  }

  @Override
  public void close() {
    s3.close();
  }
}
