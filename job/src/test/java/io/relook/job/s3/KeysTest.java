package io.relook.job.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.relook.embedded.EmbeddedS3;
import io.relook.wire.S3Object;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every key that S3 allows is asked for as it is, and what is sent is what was signed. */
class KeysTest {
  /** The example of AWS's documentation; no key of anybody. */
  private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

  private static EmbeddedS3 server;

  @BeforeAll
  static void start() {
    server = EmbeddedS3.startTransient();
    server.createBucket("bucket");
  }

  @AfterAll
  static void stop() {
    server.close();
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  static Stream<String> keys() {
    return Stream.concat(
        keysOfTheEmbeddedStore(),
        Stream.of(
            "/base/normal/000.png",
            "//x",
            "./a",
            "../a",
            "c/../d",
            "a/.",
            "a/..",
            "/",
            "trailing/",
            "trailing//",
            "x".repeat(1_024),
            "/".repeat(1_024)));
  }

  /** Those that a store on a file system can hold. */
  static Stream<String> keysOfTheEmbeddedStore() {
    return Stream.of(
        "plain",
        "a//b",
        "a///b",
        "a/./b",
        "a%20b",
        "a%2Fb",
        "%",
        "a+b",
        "a b",
        "ü/ñ/日本語/😀",
        "a?b#c&d=e",
        "a;b",
        "a:b@c$,!'()*~",
        "a\\b",
        "\u0001x",
        ("y".repeat(203) + "/").repeat(5) + "1234");
  }

  @ParameterizedTest
  @MethodSource("keysOfTheEmbeddedStore")
  void isReadAsItWasWritten(String key) throws Exception {
    System.setProperty("aws.accessKeyId", server.accessKeyId());
    System.setProperty("aws.secretAccessKey", server.secretAccessKey());
    try (ObjectStore store = new S3Settings(server.endpoint(), "us-east-1", true).open()) {
      byte[] content = key.getBytes(StandardCharsets.UTF_8);
      store.put(at(key), content, "text/plain", Optional.empty());

      assertThat(store.get(at(key), 2_000)).isEqualTo(content);
      assertThat(store.exists(at(key))).isTrue();
      store.remove(at(key));
      assertThat(store.exists(at(key))).isFalse();
    }
  }

  /** The embedded store cannot hold such keys: then it is this object that is not there. */
  @ParameterizedTest
  @MethodSource("keys")
  void isAtWorstAFailureOfThisObject(String key) {
    System.setProperty("aws.accessKeyId", server.accessKeyId());
    System.setProperty("aws.secretAccessKey", server.secretAccessKey());
    OwnBucket own =
        new OwnBucket(new S3Settings(server.endpoint(), "us-east-1", true), "own", null);
    server.createBucket("own");
    try (ObjectStore store = own.store().open(Duration.ofSeconds(5))) {
      Throwable failure =
          catchThrowable(() -> store.get(new S3Object("bucket", key + "missing", null), 10));
      assertThat(
              new StoreHealth(own, System::nanoTime).failed(at(key), StoreProbe.Kind.READ, failure))
          .isIn(FailureScope.OBJECT_FOR_GOOD, FailureScope.OBJECT);
    }
  }

  @ParameterizedTest
  @MethodSource("keys")
  void isSentAsItIsAndAsItWasSigned(String key) throws Exception {
    System.setProperty("aws.accessKeyId", "AKIAIOSFODNN7EXAMPLE");
    System.setProperty("aws.secretAccessKey", SECRET);
    try (Listener listener = new Listener();
        ObjectStore store = new S3Settings(listener.endpoint(), "us-east-1", true).open()) {
      assertThatThrownBy(() -> store.get(at(key), 10))
          .isInstanceOf(ObjectUnavailableException.class);

      SignatureV4.Request request = listener.request();
      assertThat(decoded(request.target())).isEqualTo("/bucket/" + key);
      assertThat(SignatureV4.carried(request)).isEqualTo(SignatureV4.of(request, SECRET));
    }
  }

  /** The examples of AWS's documentation hold this test's own computation. */
  @Test
  void theComputationIsTheOneThatAwsPublishes() throws Exception {
    String empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    String scope = "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request";
    for (SignatureV4.Request published :
        List.of(
            request(
                "GET",
                "/test.txt",
                scope
                    + ",SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature="
                    + "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
                Map.of("range", "bytes=0-9", "x-amz-content-sha256", empty)),
            request(
                "PUT",
                "/test%24file.text",
                scope
                    + ",SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;"
                    + "x-amz-storage-class,Signature="
                    + "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
                Map.of(
                    "date",
                    "Fri, 24 May 2013 00:00:00 GMT",
                    "x-amz-storage-class",
                    "REDUCED_REDUNDANCY",
                    "x-amz-content-sha256",
                    "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")),
            request(
                "GET",
                "/?lifecycle",
                scope
                    + ",SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature="
                    + "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
                Map.of("x-amz-content-sha256", empty)),
            request(
                "GET",
                "/?max-keys=2&prefix=J",
                scope
                    + ",SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature="
                    + "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
                Map.of("x-amz-content-sha256", empty)))) {
      assertThat(SignatureV4.of(published, SECRET)).isEqualTo(SignatureV4.carried(published));
    }
  }

  private static SignatureV4.Request request(
      String method, String target, String authorization, Map<String, String> more) {
    Map<String, String> headers = new HashMap<>(more);
    headers.put("host", "examplebucket.s3.amazonaws.com");
    headers.put("x-amz-date", "20130524T000000Z");
    headers.put("authorization", "AWS4-HMAC-SHA256 " + authorization);
    return new SignatureV4.Request(method, target, headers);
  }

  private static String decoded(String target) {
    return URLDecoder.decode(target.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static S3Object at(String key) {
    return new S3Object("bucket", key, null);
  }

  /** Answers every request with 404, and shows the first one byte by byte as it came. */
  private static final class Listener implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final CompletableFuture<SignatureV4.Request> first = new CompletableFuture<>();

    Listener() throws IOException {
      Thread thread = new Thread(this::listen, "listener");
      thread.setDaemon(true);
      thread.start();
    }

    URI endpoint() {
      return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    SignatureV4.Request request() throws Exception {
      return first.get(10, TimeUnit.SECONDS);
    }

    private void listen() {
      try {
        while (true) {
          try (Socket connection = socket.accept()) {
            BufferedReader lines =
                new BufferedReader(
                    new InputStreamReader(
                        connection.getInputStream(), StandardCharsets.ISO_8859_1));
            String[] line = lines.readLine().split(" ");
            Map<String, String> headers = new HashMap<>();
            for (String header = lines.readLine(); !header.isEmpty(); header = lines.readLine()) {
              String[] parts = header.split(":", 2);
              headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1].strip());
            }
            first.complete(new SignatureV4.Request(line[0], line[1], headers));
            connection
                .getOutputStream()
                .write(
                    "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
          }
        }
      } catch (IOException e) {
        first.completeExceptionally(e);
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
