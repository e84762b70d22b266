package io.relook.job.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.relook.embedded.EmbeddedS3;
import io.relook.job.s3.ObjectUnavailableException.Reason;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** The contract on a real S3 server, and what only a server can do wrong. */
final class S3ObjectStoreTest extends ObjectStoreContract {
  private static EmbeddedS3 server;
  private static ObjectStore store;

  @BeforeAll
  static void start() {
    server = EmbeddedS3.startTransient();
    server.createBucket(BUCKET);
    server.createKmsKey("alias/factory");
    server.createKmsKey("alias/other");
    // The default provider chain's first link.
    System.setProperty("aws.accessKeyId", server.accessKeyId());
    System.setProperty("aws.secretAccessKey", server.secretAccessKey());
    store = settings(server.endpoint()).open();
  }

  @AfterAll
  static void stop() {
    store.close();
    server.close();
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  @Override
  ObjectStore store() {
    return store;
  }

  @Test
  void asksForEncryptionUnderTheGivenKey() throws Exception {
    store.put(at("encrypted"), new byte[] {1}, "text/plain", Optional.of("alias/factory"));

    try (S3Client client =
        S3Client.builder()
            .endpointOverride(server.endpoint())
            .region(software.amazon.awssdk.regions.Region.of(server.region()))
            .forcePathStyle(true)
            .build()) {
      var head = client.headObject(request -> request.bucket(BUCKET).key("encrypted"));
      assertThat(head.serverSideEncryption()).isEqualTo(ServerSideEncryption.AWS_KMS);
      assertThat(head.ssekmsKeyId()).isEqualTo("alias/factory");
      assertThat(head.contentType()).isEqualTo("text/plain");
    }
  }

  @Test
  void aKeyThatDoesNotExistIsSaidToBeUnusable() throws Exception {
    store.put(at("picture"), new byte[] {1}, "image/png", Optional.empty());

    assertThatThrownBy(() -> store.copyUnderKey(at("picture"), "alias/unknown"))
        .isInstanceOfSatisfying(
            ObjectUnavailableException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.KMS_KEY_UNUSABLE);
              assertThat(e)
                  .hasMessage(
                      "The store cannot use the encryption key of picture in bucket bucket"
                          + " (KMS.NotFoundException): Key 'alias/unknown' does not exist.");
            });
    assertThat(store.get(at("picture"), 10)).containsExactly(1);
  }

  @Test
  void nothingOfAnObjectUnderAKeyLiesInTheClear() throws Exception {
    byte[] secret = "features of a secret product".getBytes(StandardCharsets.UTF_8);
    store.put(at("features/1"), secret, "application/octet-stream", Optional.empty());
    assertThat(filesHolding(secret)).as("the search works").isEqualTo(1);

    store.copyUnderKey(at("features/1"), "alias/factory");

    assertThat(filesHolding(secret)).isZero();
    assertThat(store.get(at("features/1"), 100)).isEqualTo(secret);
  }

  @Test
  void knowsAKeyAgainByItsIdInTheArnThatAwsAnswersAndByItsAlias() throws Exception {
    try (AwsHead aws = new AwsHead("arn:aws:kms:us-east-1:123456789012:key/1234-abcd");
        ObjectStore asAws = settings(aws.endpoint()).open()) {
      assertThat(asAws.copyUnderKey(at("k"), "1234-abcd")).isFalse();
      assertThat(asAws.copyUnderKey(at("k"), "arn:aws:kms:us-east-1:123456789012:key/1234-abcd"))
          .isFalse();
      assertThat(asAws.copyUnderKey(at("k"), "abcd")).isTrue();
      assertThat(asAws.copyUnderKey(at("k"), "alias/factory")).isTrue();
      assertThat(asAws.copyUnderKey(at("k"), "alias/factory")).isFalse();
      assertThat(asAws.copyUnderKey(at("k"), "alias/other")).isTrue();
    }
  }

  @Test
  void anObjectUnderADisabledKeyCannotBeRead() throws Exception {
    server.createKmsKey("alias/retired");
    store.put(at("old"), new byte[] {1}, "image/png", Optional.of("alias/retired"));
    server.disableKmsKey("alias/retired");

    assertThat(refusal(at("old"), 10)).isEqualTo(Reason.KMS_KEY_UNUSABLE);
  }

  @Test
  void aStoreThatIsDownIsNoFaultOfTheObject() {
    try (ObjectStore nowhere = settings(URI.create("http://127.0.0.1:1")).open()) {
      assertThatThrownBy(() -> nowhere.get(at("any"), 10))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("s3://bucket/any");
    }
  }

  @Test
  void wrongCredentialsAreNoFaultOfTheObject() throws Exception {
    try (Answers answers = new Answers(403, error("SignatureDoesNotMatch"), 0);
        ObjectStore refused = settings(answers.endpoint()).open()) {
      assertThatThrownBy(() -> refused.get(at("any"), 10)).isInstanceOf(UncheckedIOException.class);
    }
  }

  @Test
  void aForbiddenObjectIsSaidToBeForbidden() throws Exception {
    try (Answers answers = new Answers(403, error("AccessDenied"), 0);
        ObjectStore refused = settings(answers.endpoint()).open()) {
      assertThatThrownBy(() -> refused.get(at("any"), 10))
          .isInstanceOfSatisfying(
              ObjectUnavailableException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(Reason.FORBIDDEN);
                assertThat(e)
                    .hasMessage("The store refuses this request for bucket bucket (AccessDenied).");
              });
    }
  }

  @Test
  void triesAgainWhenTheStoreIsBusy() throws Exception {
    try (Answers answers = new Answers(503, error("SlowDown"), 2);
        ObjectStore busy = settings(answers.endpoint()).open()) {
      assertThat(busy.get(at("any"), 10)).isEqualTo(Answers.BODY);
      assertThat(answers.asked.get()).isEqualTo(3);
    }
  }

  @Test
  void waitsForAStoreThatAsksForFewerRequestsLongerThanItTries() throws Exception {
    try (Answers answers = new Answers(503, error("SlowDown"), S3ObjectStore.ATTEMPTS + 1);
        ObjectStore busy = settings(answers.endpoint()).open()) {
      assertThat(busy.get(at("any"), 10)).isEqualTo(Answers.BODY);
      assertThat(answers.asked.get()).isEqualTo(S3ObjectStore.ATTEMPTS + 2);
    }
  }

  @Test
  void withinALimitItDoesNotWaitForAStoreThatAsksForFewerRequests() throws Exception {
    try (Answers answers = new Answers(503, error("SlowDown"), Integer.MAX_VALUE);
        ObjectStore busy = settings(answers.endpoint()).open(Duration.ofSeconds(2))) {
      assertThatThrownBy(() -> busy.get(at("any"), 10))
          .isInstanceOfSatisfying(
              StoreUnavailableException.class,
              e -> assertThat(e.symptom()).isEqualTo(Symptom.SLOW_DOWN));
      assertThat(answers.asked.get()).isEqualTo(2);
    }
  }

  @Test
  void aRequestWithALimitEndsInTime() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        ObjectStore store =
            settings(URI.create("http://127.0.0.1:" + silent.getLocalPort()))
                .open(Duration.ofMillis(300))) {
      long before = System.nanoTime();
      assertThatThrownBy(() -> store.get(at("any"), 10))
          .isInstanceOfSatisfying(
              StoreUnavailableException.class,
              e -> assertThat(e.symptom()).isEqualTo(Symptom.NO_ANSWER));
      assertThatThrownBy(() -> store.get(at("/any"), 10))
          .isInstanceOf(StoreUnavailableException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "500, InternalError, SERVER_ERROR",
    "503, ServiceUnavailable, SERVER_ERROR",
    "429, TooManyRequests, SLOW_DOWN",
    "403, SignatureDoesNotMatch, CREDENTIALS",
    "403, RequestTimeTooSkewed, CREDENTIALS"
  })
  void tellsHowARequestFailed(int status, String code, Symptom symptom) throws Exception {
    try (Answers answers = new Answers(status, error(code), 0);
        ObjectStore failing = settings(answers.endpoint()).open(Duration.ofSeconds(5))) {
      assertThatThrownBy(() -> failing.get(at("any"), 10))
          .isInstanceOfSatisfying(
              StoreUnavailableException.class, e -> assertThat(e.symptom()).isEqualTo(symptom));
    }
  }

  @Test
  void aBucketThatMayNotBeUsedIsForbidden() throws Exception {
    try (Answers answers = new Answers(403, error("AccessDenied"), 0);
        ObjectStore refused = settings(answers.endpoint()).open()) {
      assertThatThrownBy(
              () -> refused.requireWritable(new S3Location("bucket", ""), Duration.ofSeconds(5)))
          .isInstanceOfSatisfying(
              ObjectUnavailableException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.FORBIDDEN));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 301})
  void aBucketOfAnotherRegionIsToldWithBothRegions(int status) throws Exception {
    try (Answers answers =
            new Answers(status, new byte[0], 0).header("x-amz-bucket-region", "eu-west-1");
        ObjectStore elsewhere = settings(answers.endpoint()).open()) {
      assertThatThrownBy(
              () -> elsewhere.requireWritable(new S3Location("bucket", ""), Duration.ofSeconds(5)))
          .isInstanceOfSatisfying(
              ObjectUnavailableException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_LOCATION))
          .hasMessage("The bucket bucket is in the region eu-west-1, not us-east-1.");
    }
  }

  @Test
  void aProbeEndsInTime() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        ObjectStore store =
            settings(URI.create("http://127.0.0.1:" + silent.getLocalPort())).open()) {
      assertThatThrownBy(
              () -> store.requireWritable(new S3Location("bucket", ""), Duration.ofMillis(200)))
          .isInstanceOf(UncheckedIOException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"foo--x-s3", "arn:aws:foo"})
  void aBucketThatTheSdkHasNoAddressForIsNoFailureOfTheService(String bucket) {
    try (ObjectStore aws = new S3Settings(null, "us-east-1", false).open()) {
      assertThatThrownBy(() -> aws.get(new S3Object(bucket, "key", null), 1))
          .isInstanceOfSatisfying(
              ObjectUnavailableException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_LOCATION))
          .hasMessageStartingWith("No bucket can have the name " + bucket + ": ");
      assertThatThrownBy(
              () -> aws.requireWritable(new S3Location(bucket, ""), Duration.ofSeconds(3)))
          .isInstanceOf(ObjectUnavailableException.class);
    }
  }

  private static S3Settings settings(URI endpoint) {
    return new S3Settings(endpoint, "us-east-1", true);
  }

  private static byte[] error(String code) {
    return ("<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>m</Message></Error>")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static long filesHolding(byte[] bytes) throws IOException {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    long holding = 0;
    try (Stream<Path> files = Files.walk(server.dataDirectory())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        holding += Files.readString(file, StandardCharsets.ISO_8859_1).contains(text) ? 1 : 0;
      }
    }
    return holding;
  }

  /** One object under a key whose ARN AWS would answer; remembers the metadata of the last copy. */
  private static final class AwsHead implements AutoCloseable {
    private static final String METADATA = "x-amz-meta-relook-kms-key-digest";

    private final HttpServer http;
    private volatile String digest = "";

    AwsHead(String arn) throws IOException {
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      http.createContext(
          "/",
          exchange -> {
            exchange.getResponseHeaders().add("x-amz-server-side-encryption", "aws:kms");
            exchange.getResponseHeaders().add("x-amz-server-side-encryption-aws-kms-key-id", arn);
            if (exchange.getRequestMethod().equals("HEAD")) {
              exchange.getResponseHeaders().add(METADATA, digest);
              exchange.sendResponseHeaders(200, -1);
            } else {
              digest = exchange.getRequestHeaders().getFirst(METADATA);
              byte[] body =
                  "<CopyObjectResult><ETag>e</ETag></CopyObjectResult>"
                      .getBytes(StandardCharsets.UTF_8);
              exchange.sendResponseHeaders(200, body.length);
              exchange.getResponseBody().write(body);
            }
            exchange.close();
          });
      http.start();
    }

    URI endpoint() {
      return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
    }

    @Override
    public void close() {
      http.stop(0);
    }
  }

  /** A server with a canned answer; after {@code times} of them (0: never) it serves an object. */
  private static final class Answers implements AutoCloseable {
    static final byte[] BODY = {4, 2};

    final AtomicInteger asked = new AtomicInteger();
    private final Map<String, String> headers = new ConcurrentHashMap<>();
    private final HttpServer http;

    Answers(int status, byte[] error, int times) throws IOException {
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      http.createContext(
          "/",
          exchange -> {
            boolean served = times > 0 && asked.incrementAndGet() > times;
            byte[] body = served ? BODY : error;
            exchange.getResponseHeaders().add("Content-Type", "application/xml");
            headers.forEach(exchange.getResponseHeaders()::add);
            boolean bodiless = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(served ? 200 : status, bodiless ? -1 : body.length);
            if (bodiless) {
              exchange.close();
              return;
            }
            try (OutputStream out = exchange.getResponseBody()) {
              out.write(body);
            }
          });
      http.start();
    }

    Answers header(String name, String value) {
      headers.put(name, value);
      return this;
    }

    URI endpoint() {
      return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
    }

    @Override
    public void close() {
      http.stop(0);
    }
  }
}
