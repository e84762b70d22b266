package io.relook.client;

import io.relook.client.RelookException.Kind;
import io.relook.wire.S3Object;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Client of the S3 service: uploads large pictures, downloads a model's files. Safe for use by many
 * threads.
 */
public final class BucketClient implements AutoCloseable {
  /** S3's error codes for a key that is unknown, wrong or not valid any more. */
  private static final Set<String> WRONG_CREDENTIALS =
      Set.of("InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken");

  private final S3Client s3;
  private final String address;

  private BucketClient(S3Client s3, String address) {
    this.s3 = s3;
    this.address = address;
  }

  /**
   * Opens no connection yet; the first request looks for credentials in the SDK's default chain.
   */
  public static BucketClient open(RelookSettings settings) {
    S3ClientBuilder builder =
        S3Client.builder()
            .region(Region.of(settings.store().region()))
            .forcePathStyle(settings.store().pathStyle())
            // Many stores other than AWS do not understand the newer trailing checksums.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(settings.timeout())
                    .socketTimeout(settings.timeout()));
    settings.store().endpoint().ifPresent(builder::endpointOverride);
    String address =
        settings
            .store()
            .endpoint()
            .map(Object::toString)
            .orElse("AWS in " + settings.store().region());
    return new BucketClient(builder.build(), address);
  }

  /**
   * Writes an object.
   *
   * @throws RelookException when the store answers with an error or not at all
   */
  public void put(S3Object object, byte[] bytes, String contentType) {
    try {
      s3.putObject(
          request ->
              request.bucket(object.getBucket()).key(object.getKey()).contentType(contentType),
          RequestBody.fromBytes(bytes));
    } catch (S3Exception e) {
      throw failure("write", object, e);
    } catch (SdkClientException e) {
      throw refusal(object).orElseGet(() -> failure("write", object, e));
    }
  }

  /**
   * Why the store does not take an object, if it says so. A store may refuse a large body before it
   * has read it, and close the connection: the client then sees a broken connection alone. A
   * request without a body gets the store's answer.
   */
  private Optional<RelookException> refusal(S3Object object) {
    try {
      s3.getObject(
              request -> request.bucket(object.getBucket()).key(object.getKey()).range("bytes=0-0"))
          .abort();
      return Optional.empty();
    } catch (S3Exception e) {
      return e.statusCode() == HttpURLConnection.HTTP_UNAUTHORIZED
              || e.statusCode() == HttpURLConnection.HTTP_FORBIDDEN
          ? Optional.of(failure("write", object, e))
          : Optional.empty();
    } catch (SdkClientException e) {
      return Optional.empty();
    }
  }

  /**
   * The bytes of an object.
   *
   * @param length its length in bytes
   * @throws RelookException when the store answers with an error or not at all, or the object is
   *     longer
   */
  public byte[] get(S3Object object, long length) {
    GetObjectRequest request =
        GetObjectRequest.builder()
            .bucket(object.getBucket())
            .key(object.getKey())
            .versionId(object.getVersionId())
            .build();
    try (ResponseInputStream<GetObjectResponse> in = s3.getObject(request)) {
      byte[] bytes = in.readNBytes((int) Math.min(length + 1, Integer.MAX_VALUE - 16));
      requireComplete(in, bytes.length, object, length);
      if (bytes.length > length) {
        throw new RelookException(
            Kind.FAILED,
            "%s has more than %d bytes, but should have exactly these."
                .formatted(S3Uri.of(object), length));
      }
      return bytes;
    } catch (S3Exception | SdkClientException e) {
      throw failure("read", object, e);
    } catch (IOException e) {
      throw new RelookException(
          Kind.UNREACHABLE, "The connection broke while " + S3Uri.of(object) + " was read.", e);
    }
  }

  /**
   * Writes an object to a file, which appears only when it is complete.
   *
   * @return its length in bytes
   * @throws RelookException when the store answers with an error or not at all, or the file cannot
   *     be written
   */
  public long download(S3Object object, Path file) {
    GetObjectRequest request =
        GetObjectRequest.builder()
            .bucket(object.getBucket())
            .key(object.getKey())
            .versionId(object.getVersionId())
            .build();
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try (ResponseInputStream<GetObjectResponse> in = s3.getObject(request)) {
      long length = copy(in, part, object);
      requireComplete(in, length, object, Long.MAX_VALUE);
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      return length;
    } catch (S3Exception | SdkClientException e) {
      throw failure("read", object, e);
    } catch (IOException e) {
      throw new RelookException(Kind.FAILED, "The file " + file + " cannot be written.", e);
    }
  }

  /** Copies an object. A connection that breaks is not a file that cannot be written. */
  private static long copy(InputStream in, Path file, S3Object object) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long length = 0;
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        int read;
        try {
          read = in.read(buffer);
        } catch (IOException e) {
          throw broken(object, length, e);
        }
        if (read < 0) {
          return length;
        }
        out.write(buffer, 0, read);
        length += read;
      }
    }
  }

  /** Java's connection takes an answer that breaks off for one that has ended. */
  private static void requireComplete(
      ResponseInputStream<GetObjectResponse> in, long read, S3Object object, long wanted) {
    Long announced = in.response().contentLength();
    if (announced != null && read < Math.min(announced, wanted)) {
      throw broken(object, read, new EOFException(announced + " bytes were announced"));
    }
  }

  private static RelookException broken(S3Object object, long length, IOException e) {
    return new RelookException(
        Kind.UNREACHABLE,
        "The connection to the store broke after %d bytes of %s: run the command again."
            .formatted(length, S3Uri.of(object)),
        e);
  }

  /**
   * Whether a bucket exists and the caller's credentials can write, read and delete objects in it.
   * Leaves nothing behind.
   *
   * @param object a place that nothing else uses
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
      found.fact("encryption", encryption == null ? "the store reports none" : encryption);
      s3.getObjectAsBytes(request -> request.bucket(object.getBucket()).key(object.getKey()));
      s3.deleteObject(request -> request.bucket(object.getBucket()).key(object.getKey()));
    } catch (NoSuchBucketException e) { // also for HEAD, whose answer has no code
      found.problem(
          "There is no bucket %s at %s: create it, or name relook's own bucket with --bucket.",
          object.getBucket(), address);
    } catch (S3Exception e) {
      found.problem(
          "%s",
          failure("probe", object, e).getMessage()
              + " The role needs the rights in deploy/security/iam/relook.json.");
    } catch (SdkClientException e) {
      found.problem("%s", String.valueOf(failure("probe", object, e).getMessage()));
    }
    return found.build();
  }

  private RelookException failure(String verb, S3Object object, RuntimeException e) {
    if (e instanceof S3Exception error) {
      if (error.awsErrorDetails() != null
          && WRONG_CREDENTIALS.contains(String.valueOf(error.awsErrorDetails().errorCode()))) {
        return new RelookException(
            Kind.USAGE,
            "The store at %s does not accept these AWS credentials (%s): set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile, to a key of this store."
                .formatted(address, reason(error)),
            e);
      }
      return new RelookException(
          Kind.FAILED,
          "The store at %s did not %s %s: %s."
              .formatted(address, verb, S3Uri.of(object), reason(error)),
          e);
    }
    String message = String.valueOf(e.getMessage());
    if (message.contains("credentials")) {
      return new RelookException(
          Kind.USAGE,
          "No AWS credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile.",
          e);
    }
    return new RelookException(
        Kind.UNREACHABLE,
        "The store at %s did not answer: check %s (or %s) and that it runs."
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
