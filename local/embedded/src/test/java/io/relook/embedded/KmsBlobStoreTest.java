package io.relook.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** What lies on the disk under a KMS key, asked through AWS's own client. */
class KmsBlobStoreTest {
  private static final String BUCKET = "pictures";
  private static final String KEY = "alias/factory";
  private static final String OTHER_KEY = "alias/other";
  private static final String SECRET = "what only holders of the key may read";

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  Path directory;

  private EmbeddedS3 s3;
  private S3Client client;

  @BeforeEach
  void start() {
    s3 = EmbeddedS3.start(directory);
    s3.createBucket(BUCKET);
    s3.createKmsKey(KEY);
    s3.createKmsKey(OTHER_KEY);
    client = client(s3);
  }

  @AfterEach
  void stop() {
    client.close();
    s3.close();
  }

  @Test
  void underAKeyTheDiskHoldsCiphertextAndTheClientReadsPlaintext() throws Exception {
    putPlain("plain", SECRET);
    assertThat(filesHolding(SECRET)).as("the search works").isEqualTo(1);
    client.deleteObject(r -> r.bucket(BUCKET).key("plain"));

    put("k", KEY, SECRET.getBytes(StandardCharsets.UTF_8));

    assertThat(filesHolding(SECRET)).isZero();
    assertThat(read("k")).isEqualTo(SECRET);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_479, 65_480, 65_481, 131_000, 131_016, 3_000_000})
  void bytesOfAnyLengthComeBackAndLengthsAreThoseOfThePlainBytes(int length) {
    byte[] bytes = random(length);
    put("k", KEY, bytes);

    assertThat(client.getObjectAsBytes(r -> r.bucket(BUCKET).key("k")).asByteArray())
        .isEqualTo(bytes);
    HeadObjectResponse head = client.headObject(r -> r.bucket(BUCKET).key("k"));
    assertThat(head.contentLength()).isEqualTo(length);
    assertThat(head.ssekmsKeyId()).isEqualTo(KEY);
    assertThat(client.listObjectsV2(r -> r.bucket(BUCKET)).contents())
        .extracting(S3Object::size)
        .containsExactly((long) length);
  }

  @Test
  void aRangeIsOneOfThePlainBytes() {
    put("k", KEY, "0123456789".getBytes(StandardCharsets.UTF_8));

    assertThat(readRange("bytes=2-4")).isEqualTo("234");
    assertThat(readRange("bytes=7-")).isEqualTo("789");
    assertThat(readRange("bytes=-2")).isEqualTo("89");
    assertThat(readRange("bytes=8-100")).isEqualTo("89");
    assertThatThrownBy(() -> readRange("bytes=10-"))
        .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(416));
    assertThat(
            client
                .getObjectAsBytes(r -> r.bucket(BUCKET).key("k").range("bytes=2-4"))
                .response()
                .contentRange())
        .isEqualTo("bytes 2-4/10");
  }

  @Test
  void anUploadInPartsIsEncryptedPartByPart() throws Exception {
    byte[] first = random(5 << 20);
    byte[] second = SECRET.getBytes(StandardCharsets.UTF_8);
    String id =
        client
            .createMultipartUpload(
                r ->
                    r.bucket(BUCKET)
                        .key("k")
                        .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                        .ssekmsKeyId(KEY))
            .uploadId();
    CompletedPart[] parts = {part(id, 1, first), part(id, 2, second)};
    assertThat(filesHolding(SECRET)).as("parts on the disk").isZero();
    client.completeMultipartUpload(
        r -> r.bucket(BUCKET).key("k").uploadId(id).multipartUpload(m -> m.parts(parts)));

    assertThat(filesHolding(SECRET)).isZero();
    assertThat(client.headObject(r -> r.bucket(BUCKET).key("k")).contentLength())
        .isEqualTo(first.length + second.length);
    assertThat(readRange("bytes=" + first.length + "-")).isEqualTo(SECRET);
    byte[] whole = client.getObjectAsBytes(r -> r.bucket(BUCKET).key("k")).asByteArray();
    assertThat(whole).startsWith(first).endsWith(second).hasSize(first.length + second.length);
  }

  @Test
  void aCopyInPlaceEncryptsUnderAKeyAndUnderAnotherAndNotAtAll() throws Exception {
    putPlain("k", SECRET);

    copyInPlace(KEY);
    assertThat(filesHolding(SECRET)).isZero();
    assertThat(read("k")).isEqualTo(SECRET);

    copyInPlace(OTHER_KEY);
    s3.disableKmsKey(KEY);
    assertThat(client.headObject(r -> r.bucket(BUCKET).key("k")).ssekmsKeyId())
        .isEqualTo(OTHER_KEY);
    assertThat(read("k")).isEqualTo(SECRET);

    client.copyObject(
        r ->
            r.sourceBucket(BUCKET)
                .sourceKey("k")
                .destinationBucket(BUCKET)
                .destinationKey("public"));
    assertThat(filesHolding(SECRET)).as("a copy without a key is not encrypted").isEqualTo(1);
    assertThat(read("public")).isEqualTo(SECRET);
  }

  @Test
  void aCopyKeepsTypeAndMetadata() {
    client.putObject(
        r ->
            r.bucket(BUCKET)
                .key("k")
                .contentType("image/png")
                .metadata(Map.of("side", "left"))
                .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                .ssekmsKeyId(KEY),
        RequestBody.fromString(SECRET));
    client.copyObject(
        r ->
            r.sourceBucket(BUCKET)
                .sourceKey("k")
                .destinationBucket(BUCKET)
                .destinationKey("copy")
                .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                .ssekmsKeyId(OTHER_KEY));

    HeadObjectResponse copy = client.headObject(r -> r.bucket(BUCKET).key("copy"));
    assertThat(copy.contentType()).isEqualTo("image/png");
    assertThat(copy.metadata()).containsEntry("side", "left");
    assertThat(copy.ssekmsKeyId()).isEqualTo(OTHER_KEY);
    assertThat(read("copy")).isEqualTo(SECRET);
  }

  @Test
  void anUnknownKeyIsRejectedAsByAws() {
    putPlain("k", SECRET);

    assertRefused("KMS.NotFoundException", () -> put("new", "alias/unknown", new byte[] {1}));
    assertRefused("KMS.NotFoundException", () -> copyInPlace("alias/unknown"));
    assertRefused(
        "KMS.NotFoundException",
        () ->
            client.createMultipartUpload(
                r ->
                    r.bucket(BUCKET)
                        .key("new")
                        .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                        .ssekmsKeyId("alias/unknown")));
    assertThat(client.listObjectsV2(r -> r.bucket(BUCKET)).contents())
        .extracting(S3Object::key)
        .containsExactly("k");
    assertThat(read("k")).isEqualTo(SECRET);
  }

  @Test
  void aDisabledKeyNeitherWritesNorReadsUntilItIsEnabled() {
    put("k", KEY, SECRET.getBytes(StandardCharsets.UTF_8));

    s3.disableKmsKey(KEY);
    assertRefused("KMS.DisabledException", () -> put("new", KEY, new byte[] {1}));
    assertRefused("KMS.DisabledException", () -> read("k"));
    assertThat(client.headObject(r -> r.bucket(BUCKET).key("k")).contentLength())
        .isEqualTo(SECRET.length());

    s3.enableKmsKey(KEY);
    assertThat(read("k")).isEqualTo(SECRET);
  }

  @Test
  void keysOutliveARestartReadableByTheirOwnerOnly() throws Exception {
    put("k", KEY, SECRET.getBytes(StandardCharsets.UTF_8));
    client.close();
    s3.close();

    s3 = EmbeddedS3.start(directory);
    client = client(s3);
    assertThat(read("k")).isEqualTo(SECRET);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keyFile())))
        .isEqualTo("rw-------");
  }

  @Test
  void anotherKeyUnderTheSameNameDoesNotOpenTheObject() throws Exception {
    put("k", KEY, SECRET.getBytes(StandardCharsets.UTF_8));
    client.close();
    s3.close();
    Files.delete(keyFile());

    s3 = EmbeddedS3.start(directory);
    s3.createKmsKey(KEY);
    client = client(s3);
    assertRefused("KMS.InvalidCiphertextException", () -> read("k"));
  }

  @Test
  void aFileThatIsMovedToAnotherNameOrChangedDoesNotOpen() throws Exception {
    put("k", KEY, SECRET.getBytes(StandardCharsets.UTF_8));
    put("swapped", KEY, "another text".getBytes(StandardCharsets.UTF_8));
    Path stored = directory.resolve("objects").resolve(BUCKET);
    byte[] sealed = Files.readAllBytes(stored.resolve("k"));
    Files.write(stored.resolve("swapped"), sealed);
    assertRefused("KMS.InvalidCiphertextException", () -> read("swapped"));

    sealed[sealed.length - 1] ^= 1;
    Files.write(stored.resolve("k"), sealed);
    assertRefused("KMS.InvalidCiphertextException", () -> read("k"));
  }

  @Test
  void aFileThatWasCutOffIsNotReadAsAWhole() throws Exception {
    put("k", KEY, random(200_000));
    Path stored = directory.resolve("objects").resolve(BUCKET).resolve("k");
    byte[] sealed = Files.readAllBytes(stored);
    Files.write(stored, java.util.Arrays.copyOf(sealed, sealed.length - 70_000));

    assertThatThrownBy(() -> client.getObjectAsBytes(r -> r.bucket(BUCKET).key("k")))
        .isInstanceOf(SdkException.class);
  }

  @Test
  void aBodyThatDiffersFromItsMd5IsRejected() {
    assertThatThrownBy(
            () ->
                client.putObject(
                    r ->
                        r.bucket(BUCKET)
                            .key("k")
                            .contentMD5("1B2M2Y8AsgTpgAmY7PhCfg==")
                            .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                            .ssekmsKeyId(KEY),
                    RequestBody.fromString(SECRET)))
        .isInstanceOfSatisfying(
            S3Exception.class,
            e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("BadDigest"));
    assertThat(client.listObjectsV2(r -> r.bucket(BUCKET)).contents()).isEmpty();
  }

  @Test
  void objectsFromBeforeTheEncryptionAreServedAsTheyAre() throws Exception {
    put("old", KEY, SECRET.getBytes(StandardCharsets.UTF_8));
    Path stored = directory.resolve("objects").resolve(BUCKET).resolve("old");
    Files.writeString(stored, SECRET);

    assertThat(read("old")).isEqualTo(SECRET);
    assertThat(client.headObject(r -> r.bucket(BUCKET).key("old")).contentLength())
        .isEqualTo(SECRET.length());
  }

  private static void assertRefused(String code, ThrowingCallable request) {
    assertThatThrownBy(request)
        .isInstanceOfSatisfying(
            S3Exception.class,
            e -> {
              assertThat(e.statusCode()).isEqualTo(400);
              assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code);
            });
  }

  private void put(String key, String kmsKey, byte[] bytes) {
    client.putObject(
        r ->
            r.bucket(BUCKET)
                .key(key)
                .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                .ssekmsKeyId(kmsKey),
        RequestBody.fromBytes(bytes));
  }

  private void putPlain(String key, String text) {
    client.putObject(r -> r.bucket(BUCKET).key(key), RequestBody.fromString(text));
  }

  private void copyInPlace(String kmsKey) {
    client.copyObject(
        r ->
            r.sourceBucket(BUCKET)
                .sourceKey("k")
                .destinationBucket(BUCKET)
                .destinationKey("k")
                .metadataDirective(MetadataDirective.REPLACE)
                .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                .ssekmsKeyId(kmsKey));
  }

  private CompletedPart part(String upload, int number, byte[] bytes) {
    String eTag =
        client
            .uploadPart(
                r -> r.bucket(BUCKET).key("k").uploadId(upload).partNumber(number),
                RequestBody.fromBytes(bytes))
            .eTag();
    return CompletedPart.builder().partNumber(number).eTag(eTag).build();
  }

  private String read(String key) {
    return client.getObjectAsBytes(r -> r.bucket(BUCKET).key(key)).asUtf8String();
  }

  private String readRange(String range) {
    return client.getObjectAsBytes(r -> r.bucket(BUCKET).key("k").range(range)).asUtf8String();
  }

  private Path keyFile() {
    return directory.resolve("kms-keys.properties");
  }

  /** Files anywhere below the server's directory that hold the text. */
  private long filesHolding(String text) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .filter(
              file -> {
                try {
                  return Files.readString(file, StandardCharsets.ISO_8859_1).contains(text);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              })
          .count();
    }
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  private static S3Client client(EmbeddedS3 s3) {
    return S3Client.builder()
        .endpointOverride(s3.endpoint())
        .forcePathStyle(true)
        .region(Region.of(s3.region()))
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(s3.accessKeyId(), s3.secretAccessKey())))
        .httpClientBuilder(Apache5HttpClient.builder())
        .build();
  }
}
