package io.relook.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.embedded.EmbeddedS3;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The proxy forwards signed requests unchanged, and harms requests as its fault says. */
class StoreProxyTest {
  private static final byte[] BODY = "0123456789".repeat(1000).getBytes(StandardCharsets.UTF_8);

  private static EmbeddedS3 store;
  private StoreProxy proxy;
  private S3Client client;

  @BeforeAll
  static void startStore() {
    StoreProxy.prepare();
    store = EmbeddedS3.startTransient();
    store.createBucket("bucket");
  }

  @AfterAll
  static void stopStore() {
    store.close();
  }

  @BeforeEach
  void connect() {
    proxy = StoreProxy.start(0, store.endpoint(), 1);
    client =
        S3Client.builder()
            .endpointOverride(proxy.endpoint())
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .overrideConfiguration(o -> o.retryStrategy(r -> r.maxAttempts(1)))
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(store.accessKeyId(), store.secretAccessKey())))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder().socketTimeout(Duration.ofSeconds(30)))
            .build();
  }

  @AfterEach
  void disconnect() {
    client.close();
    proxy.close();
  }

  @Test
  void withoutAFaultEverythingPasses() {
    put("whole");
    assertThat(get("whole")).isEqualTo(BODY);
    assertThat(client.headObject(h -> h.bucket("bucket").key("whole")).contentLength())
        .isEqualTo(BODY.length);
    assertThat(client.listObjectsV2(l -> l.bucket("bucket").prefix("who")).contents()).hasSize(1);
    client.deleteObject(d -> d.bucket("bucket").key("whole"));
    assertThatThrownBy(() -> get("whole")).isInstanceOf(NoSuchKeyException.class);
    assertThat(proxy.harmed()).isZero();
  }

  @Test
  void errorsAreAnsweredAsAStoreAnswersThem() {
    proxy.set(StoreFault.THROTTLED);
    assertThat(refusal()).isEqualTo(503);
    proxy.set(StoreFault.FULL);
    assertThat(refusal()).isEqualTo(507);
    proxy.set(StoreFault.ERRORS);
    assertThat(refusal()).isIn(500, 503);
    proxy.set(StoreFault.NONE);
    put("after");
    assertThat(get("after")).isEqualTo(BODY);
  }

  @Test
  void aBodyThatIsBrokenOffNeverBecomesAnObject() {
    // The fault spares some requests: one of these it does not spare.
    List<String> brokenOff = new ArrayList<>();
    for (int i = 0; i < 50 && brokenOff.isEmpty(); i++) {
      String key = "half-" + i;
      proxy.set(StoreFault.HALF_WRITTEN);
      try {
        put(key);
      } catch (SdkException e) {
        brokenOff.add(key);
      }
    }
    proxy.set(StoreFault.NONE);
    assertThat(brokenOff).hasSize(1);
    assertThatThrownBy(() -> get(brokenOff.get(0))).isInstanceOf(NoSuchKeyException.class);
  }

  /** Tries until the fault, which spares some requests, strikes; the status of its answer. */
  private int refusal() {
    while (true) {
      try {
        put("refused");
      } catch (S3Exception e) {
        return e.statusCode();
      }
    }
  }

  private void put(String key) {
    client.putObject(p -> p.bucket("bucket").key(key), RequestBody.fromBytes(BODY));
  }

  private byte[] get(String key) {
    return client.getObjectAsBytes(g -> g.bucket("bucket").key(key)).asByteArray();
  }
}
