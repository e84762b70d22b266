package io.relook.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

class EmbeddedS3Test {

  private static final String BUCKET = "pictures";
  private static final String KMS_KEY = "arn:aws:kms:us-east-1:123456789012:key/one";

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  Path directory;

  @Test
  void anObjectIsPutReadListedCutAndCopied() {
    try (EmbeddedS3 s3 = EmbeddedS3.start(directory);
        S3Client client = client(s3)) {
      s3.createBucket(BUCKET);
      s3.createBucket(BUCKET);
      client.putObject(
          r ->
              r.bucket(BUCKET)
                  .key("a/größe 1.txt")
                  .contentType("text/plain")
                  .metadata(Map.of("side", "left")),
          RequestBody.fromString("0123456789"));
      client.copyObject(
          r ->
              r.sourceBucket(BUCKET)
                  .sourceKey("a/größe 1.txt")
                  .destinationBucket(BUCKET)
                  .destinationKey("b/copy"));

      assertThat(client.listObjectsV2Paginator(r -> r.bucket(BUCKET).maxKeys(1)).contents())
          .extracting(S3Object::key)
          .containsExactly("a/größe 1.txt", "b/copy");
      assertThat(client.listObjectsV2(r -> r.bucket(BUCKET).prefix("b/")).contents()).hasSize(1);
      assertThat(
              client
                  .getObjectAsBytes(r -> r.bucket(BUCKET).key("a/größe 1.txt").range("bytes=2-4"))
                  .asUtf8String())
          .isEqualTo("234");
      GetObjectResponse copy =
          client.getObjectAsBytes(r -> r.bucket(BUCKET).key("b/copy")).response();
      assertThat(copy.contentType()).isEqualTo("text/plain");
      assertThat(copy.metadata()).containsEntry("side", "left");
    }
  }

  @Test
  void aWrongSecretIsRejectedWith403() {
    try (EmbeddedS3 s3 = EmbeddedS3.start(directory);
        S3Client stranger = client(s3, s3.accessKeyId(), "wrong")) {
      s3.createBucket(BUCKET);
      assertThatThrownBy(() -> stranger.listObjectsV2(r -> r.bucket(BUCKET)))
          .isInstanceOfSatisfying(
              S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(403));
    }
  }

  @Test
  void objectsMetadataAndCredentialsOutliveARestart() {
    String id;
    String secret;
    try (EmbeddedS3 s3 = EmbeddedS3.start(directory);
        S3Client client = client(s3)) {
      id = s3.accessKeyId();
      secret = s3.secretAccessKey();
      s3.createBucket(BUCKET);
      client.putObject(
          r -> r.bucket(BUCKET).key("k").contentType("image/png"), RequestBody.fromString("v"));
    }
    try (EmbeddedS3 s3 = EmbeddedS3.start(directory);
        S3Client client = client(s3, id, secret)) {
      var object = client.getObjectAsBytes(r -> r.bucket(BUCKET).key("k"));
      assertThat(object.asUtf8String()).isEqualTo("v");
      assertThat(object.response().contentType()).isEqualTo("image/png");
    }
  }

  @Test
  void stoppedAndStartedAgainItServesTheSameClientsOnTheSamePort() {
    try (EmbeddedS3 s3 = EmbeddedS3.start(directory);
        S3Client client = client(s3)) {
      s3.createBucket(BUCKET);
      client.putObject(r -> r.bucket(BUCKET).key("k"), RequestBody.fromString("v"));
      s3.stop();
      s3.startAgain();
      assertThat(client.getObjectAsBytes(r -> r.bucket(BUCKET).key("k")).asUtf8String())
          .isEqualTo("v");
    }
  }

  @Test
  void kmsHeadersAreKeptAndAnsweredInPutHeadGetCopyAndMultipartAlsoAfterARestart() {
    try (EmbeddedS3 s3 = EmbeddedS3.start(directory);
        S3Client client = client(s3)) {
      s3.createBucket(BUCKET);
      s3.createKmsKey(KMS_KEY);
      PutObjectResponse put =
          client.putObject(
              r ->
                  r.bucket(BUCKET)
                      .key("put")
                      .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                      .ssekmsKeyId(KMS_KEY),
              RequestBody.fromString("v"));
      assertThat(put.serverSideEncryption()).isEqualTo(ServerSideEncryption.AWS_KMS);
      assertThat(put.ssekmsKeyId()).isEqualTo(KMS_KEY);

      client.putObject(r -> r.bucket(BUCKET).key("plain"), RequestBody.fromString("v"));
      CopyObjectResponse copied =
          client.copyObject(
              r ->
                  r.sourceBucket(BUCKET)
                      .sourceKey("plain")
                      .destinationBucket(BUCKET)
                      .destinationKey("copied")
                      .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                      .ssekmsKeyId(KMS_KEY));
      assertThat(copied.ssekmsKeyId()).isEqualTo(KMS_KEY);

      uploadInTwoParts(client, "parts");
    }
    try (EmbeddedS3 s3 = EmbeddedS3.start(directory);
        S3Client client = client(s3)) {
      for (String key : new String[] {"put", "copied", "parts"}) {
        HeadObjectResponse head = client.headObject(r -> r.bucket(BUCKET).key(key));
        assertThat(head.serverSideEncryption()).isEqualTo(ServerSideEncryption.AWS_KMS);
        assertThat(head.ssekmsKeyId()).isEqualTo(KMS_KEY);
        GetObjectResponse get = client.getObjectAsBytes(r -> r.bucket(BUCKET).key(key)).response();
        assertThat(get.ssekmsKeyId()).isEqualTo(KMS_KEY);
      }
      assertThat(client.headObject(r -> r.bucket(BUCKET).key("plain")).ssekmsKeyId()).isNull();
    }
  }

  @Test
  void givenCredentialsAreUsedAndNotWrittenDown() throws Exception {
    EmbeddedS3.Settings settings =
        EmbeddedS3.Settings.defaults().withCredentials("me", "my secret word");
    try (EmbeddedS3 s3 = EmbeddedS3.start(directory, settings);
        S3Client client = client(s3, "me", "my secret word")) {
      s3.createBucket(BUCKET);
      assertThat(client.listBuckets().buckets()).hasSize(1);
      assertThat(directory.resolve("credentials.properties")).doesNotExist();
    }
  }

  @Test
  void theSecretIsOwnerOnlyOnDiskAndAbsentFromEveryToString() throws Exception {
    try (EmbeddedS3 s3 = EmbeddedS3.start(directory)) {
      Path file = directory.resolve("credentials.properties");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      EmbeddedS3.Settings settings =
          EmbeddedS3.Settings.defaults().withCredentials("me", s3.secretAccessKey());
      assertThat(s3.toString() + settings).doesNotContain(s3.secretAccessKey());
    }
  }

  @Test
  void aTransientServerLeavesNothingBehind() {
    Path kept;
    try (EmbeddedS3 s3 = EmbeddedS3.startTransient();
        S3Client client = client(s3)) {
      kept = s3.dataDirectory();
      s3.createBucket(BUCKET);
      client.putObject(r -> r.bucket(BUCKET).key("a/b"), RequestBody.fromString("v"));
      assertThat(filesBelow(kept)).isPositive();
    }
    assertThat(kept).doesNotExist();
  }

  private static long filesBelow(Path root) {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void uploadInTwoParts(S3Client client, String key) {
    CreateMultipartUploadResponse created =
        client.createMultipartUpload(
            r ->
                r.bucket(BUCKET)
                    .key(key)
                    .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                    .ssekmsKeyId(KMS_KEY));
    assertThat(created.ssekmsKeyId()).isEqualTo(KMS_KEY);
    byte[] first = new byte[5 << 20];
    Arrays.fill(first, (byte) 1);
    byte[] second = "tail".getBytes(StandardCharsets.UTF_8);
    String id = created.uploadId();
    String eTag1 =
        client
            .uploadPart(
                r -> r.bucket(BUCKET).key(key).uploadId(id).partNumber(1),
                RequestBody.fromBytes(first))
            .eTag();
    String eTag2 =
        client
            .uploadPart(
                r -> r.bucket(BUCKET).key(key).uploadId(id).partNumber(2),
                RequestBody.fromBytes(second))
            .eTag();
    client.completeMultipartUpload(
        r ->
            r.bucket(BUCKET)
                .key(key)
                .uploadId(id)
                .multipartUpload(
                    m ->
                        m.parts(
                            CompletedPart.builder().partNumber(1).eTag(eTag1).build(),
                            CompletedPart.builder().partNumber(2).eTag(eTag2).build())));
    assertThat(client.headObject(r -> r.bucket(BUCKET).key(key)).contentLength())
        .isEqualTo(first.length + second.length);
  }

  private static S3Client client(EmbeddedS3 s3) {
    return client(s3, s3.accessKeyId(), s3.secretAccessKey());
  }

  private static S3Client client(EmbeddedS3 s3, String id, String secret) {
    return S3Client.builder()
        .endpointOverride(s3.endpoint())
        .forcePathStyle(true)
        .region(Region.of(s3.region()))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(id, secret)))
        .httpClientBuilder(Apache5HttpClient.builder())
        .build();
  }
}
