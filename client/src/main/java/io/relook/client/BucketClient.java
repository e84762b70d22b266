package io.relook.client;

import io.relook.client.RelookException.Kind;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * The S3 service: large pictures go there, a model's files come from there. Safe for use by many
 * threads.
 */
public final class BucketClient implements AutoCloseable {
  private final S3Client s3;
  private final String address;

  private BucketClient(S3Client s3, String address) {
    this.s3 = s3;
    this.address = address;
  }

  /** Connects nowhere yet; credentials come from the SDK's default chain at the first request. */
  public static BucketClient open(RelookSettings settings) {
    S3ClientBuilder builder =
        S3Client.builder()
            .region(Region.of(settings.s3Region()))
            .forcePathStyle(settings.s3PathStyle())
            // Other stores than AWS often know nothing of the newer trailing checksums.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(settings.timeout())
                    .socketTimeout(settings.timeout()));
    settings.s3Endpoint().ifPresent(builder::endpointOverride);
    String address =
        settings.s3Endpoint().map(Object::toString).orElse("AWS in " + settings.s3Region());
    return new BucketClient(builder.build(), address);
  }

  /**
   * Writes an object.
   *
   * @throws RelookException when the store refuses or does not answer
   */
  public void put(S3Object object, byte[] bytes, String contentType) {
    try {
      s3.putObject(
          request ->
              request.bucket(object.getBucket()).key(object.getKey()).contentType(contentType),
          RequestBody.fromBytes(bytes));
    } catch (S3Exception | SdkClientException e) {
      throw failure("write", object, e);
    }
  }

  /**
   * The bytes of an object.
   *
   * @param length bytes it has
   * @throws RelookException when the store refuses or does not answer, or it is longer
   */
  public byte[] get(S3Object object, long length) {
    GetObjectRequest request =
        GetObjectRequest.builder()
            .bucket(object.getBucket())
            .key(object.getKey())
            .versionId(object.getVersionId())
            .build();
    try (InputStream in = s3.getObject(request)) {
      byte[] bytes = in.readNBytes((int) Math.min(length + 1, Integer.MAX_VALUE - 16));
      if (bytes.length > length) {
        throw new RelookException(
            Kind.FAILED,
            "%s has more than the %d bytes it should have.".formatted(S3Uri.of(object), length));
      }
      return bytes;
    } catch (S3Exception | SdkClientException e) {
      throw failure("read", object, e);
    } catch (IOException e) {
      throw new RelookException(Kind.UNREACHABLE, "Reading " + S3Uri.of(object) + " broke off.", e);
    }
  }

  /**
   * Writes an object to a file, which appears only when it is complete.
   *
   * @return its length in bytes
   * @throws RelookException when the store refuses or does not answer, or the file cannot be
   *     written
   */
  public long download(S3Object object, Path file) {
    GetObjectRequest request =
        GetObjectRequest.builder()
            .bucket(object.getBucket())
            .key(object.getKey())
            .versionId(object.getVersionId())
            .build();
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try (InputStream in = s3.getObject(request)) {
      long length = Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      return length;
    } catch (S3Exception | SdkClientException e) {
      throw failure("read", object, e);
    } catch (IOException e) {
      throw new RelookException(Kind.FAILED, "The file " + file + " cannot be written.", e);
    }
  }

  /**
   * Whether a bucket is there and objects can be written, read and removed in it, with the caller's
   * credentials; leaves nothing behind.
   *
   * @param object a place that is nobody's
   */
  public Diagnosis check(S3Object object) {
    Diagnosis.Builder found = new Diagnosis.Builder("store");
    found.fact("address", address).fact("bucket", object.getBucket());
    try {
      s3.headBucket(request -> request.bucket(object.getBucket()));
      PutObjectResponse written =
          s3.putObject(
              request -> request.bucket(object.getBucket()).key(object.getKey()),
              RequestBody.fromString("written by relook doctor"));
      String encryption = written.serverSideEncryptionAsString();
      found.fact("encryption", encryption == null ? "the store names none" : encryption);
      s3.getObjectAsBytes(request -> request.bucket(object.getBucket()).key(object.getKey()));
      s3.deleteObject(request -> request.bucket(object.getBucket()).key(object.getKey()));
    } catch (NoSuchBucketException e) { // also of a HEAD, which is answered without a code
      found.problem(
          "There is no bucket %s at %s: create it, or name relook's own bucket with --bucket.",
          object.getBucket(), address);
    } catch (S3Exception e) {
      found.problem(
          "%s",
          failure("probe", object, e).getMessage()
              + " The role needs the rights of deploy/security/iam/relook.json.");
    } catch (SdkClientException e) {
      found.problem("%s", String.valueOf(failure("probe", object, e).getMessage()));
    }
    return found.build();
  }

  private RelookException failure(String verb, S3Object object, RuntimeException e) {
    if (e instanceof S3Exception refused) {
      return new RelookException(
          Kind.FAILED,
          "The store at %s refused to %s %s: %s."
              .formatted(address, verb, S3Uri.of(object), reason(refused)),
          e);
    }
    String message = String.valueOf(e.getMessage());
    if (message.contains("credentials")) {
      return new RelookException(
          Kind.USAGE,
          "No AWS credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile.",
          e);
    }
    return new RelookException(
        Kind.UNREACHABLE,
        "The store at %s did not answer; check %s (or %s) and that it runs."
            .formatted(address, Setting.S3_ENDPOINT.flag(), Setting.S3_ENDPOINT.variable()),
        e);
  }

  private static String reason(S3Exception e) {
    var details = e.awsErrorDetails();
    if (details == null || details.errorCode() == null) {
      return "HTTP status " + e.statusCode();
    }
    return details.errorMessage() == null
        ? details.errorCode()
        : details.errorCode() + ", " + details.errorMessage();
  }

  @Override
  public void close() {
    s3.close();
  }
}
