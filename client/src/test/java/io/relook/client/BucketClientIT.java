package io.relook.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.client.RelookException.Kind;
import io.relook.embedded.EmbeddedS3;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sentences of failures, with a real store and with one that breaks a connection. */
@Timeout(60)
class BucketClientIT {
  private static final S3Object PICTURE = new S3Object("relook", "uploads/picture", null);

  @TempDir private Path directory = Path.of("");

  @BeforeEach
  void useCredentials() {
    System.setProperty("aws.accessKeyId", "A");
    System.setProperty("aws.secretAccessKey", "b");
  }

  @AfterEach
  void forgetCredentials() {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  /** The store answers before it has read the body, and closes the connection. */
  @Test
  void wrongCredentialsAreNamedAlsoForALargePicture() {
    byte[] large = new byte[3_000_000];
    new Random(1).nextBytes(large);
    try (EmbeddedS3 s3 = EmbeddedS3.startTransient()) {
      s3.createBucket("relook");
      try (BucketClient store = open(s3.endpoint())) {
        assertThatThrownBy(() -> store.put(PICTURE, large, "image/png"))
            .isInstanceOfSatisfying(
                RelookException.class, e -> assertThat(e.kind()).isEqualTo(Kind.USAGE))
            .hasMessageContaining("does not accept these AWS credentials (InvalidAccessKeyId")
            .hasMessageContaining("AWS_ACCESS_KEY_ID");
        System.setProperty("aws.accessKeyId", s3.accessKeyId());
      }
      try (BucketClient store = open(s3.endpoint())) {
        assertThatThrownBy(() -> store.put(PICTURE, large, "image/png"))
            .hasMessageContaining("does not accept these AWS credentials (SignatureDoesNotMatch");
      }
    }
  }

  @Test
  void aConnectionThatBreaksIsNotBlamedOnTheDisk() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        BucketClient store = open(URI.create("http://127.0.0.1:" + server.getLocalPort()))) {
      Thread breaking = new Thread(() -> answerHalf(server));
      breaking.setDaemon(true);
      breaking.start();
      assertThatThrownBy(() -> store.download(PICTURE, directory.resolve("model.onnx")))
          .isInstanceOfSatisfying(
              RelookException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE))
          .hasMessage(
              "The connection to the store broke after 4 bytes of s3://relook/uploads/picture: run the command again.");
      assertThat(directory.resolve("model.onnx")).doesNotExist();
    }
  }

  private static void answerHalf(ServerSocket server) {
    try (Socket client = server.accept()) {
      client.getInputStream().read(new byte[4096]);
      client
          .getOutputStream()
          .write(
              "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf"
                  .getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static BucketClient open(URI endpoint) {
    return BucketClient.open(
        RelookSettings.of("127.0.0.1:9").with(Setting.S3_ENDPOINT, endpoint.toString()));
  }
}
