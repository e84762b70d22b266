package io.relook.embedded;

import com.google.common.io.ByteStreams;
import io.relook.embedded.SealedBytes.Header;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import org.gaul.s3proxy.blobstore.SdkRequests;
import org.gaul.s3proxy.blobstore.SdkResponses;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectResult;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * Encrypts objects that ask for a KMS key under that key before another store keeps them, and
 * decrypts them for readers. (s3proxy's own EncryptedBlobStore has one password for the whole store
 * and renames its objects.)
 *
 * <p>As in AWS, the ETag of such an object is not a digest of its plain bytes, and reading and
 * writing need a key that exists and is enabled, but metadata can be read without it. Objects that
 * asked for a key before this store encrypted are served as they are.
 */
final class KmsBlobStore extends ForwardingBlobStore {
  private final KmsKeys keys;

  KmsBlobStore(BlobStore store, KmsKeys keys) {
    super(store);
    this.keys = keys;
  }

  @Override
  public PutObjectResponse putBlob(PutObjectRequest request, InputStream payload) {
    String keyId = request.ssekmsKeyId();
    if (request.serverSideEncryption() != ServerSideEncryption.AWS_KMS || keyId == null) {
      return super.putBlob(request, payload);
    }
    Header header = new Header(keyId, request.contentLength());
    InputStream plain = Md5Checked.of(payload, request.contentMD5());
    try (InputStream sealed = bytes(request.bucket(), request.key()).seal(header, plain)) {
      return super.putBlob(
          request.toBuilder().contentLength(header.frameLength()).contentMD5(null).build(), sealed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The beginning of the file decides whether it is decrypted: the store reads an object's metadata
   * and its bytes one after the other, and the object may be overwritten between both.
   */
  @Override
  public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
    if (request.range() != null && !isUnderKey(head(request))) {
      return super.getBlob(request);
    }
    ResponseInputStream<GetObjectResponse> stored =
        super.getBlob(request.toBuilder().range(null).build());
    try {
      return plain(request, stored);
    } catch (IOException e) {
      stored.abort();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      stored.abort();
      throw e;
    }
  }

  private ResponseInputStream<GetObjectResponse> plain(
      GetObjectRequest request, ResponseInputStream<GetObjectResponse> stored) throws IOException {
    PushbackInputStream sealed = Header.readable(stored);
    Optional<Header> first = Header.read(sealed);
    if (first.isEmpty()) {
      if (request.range() != null) {
        // The object asked for a key before this store encrypted.
        stored.abort();
        return super.getBlob(request);
      }
      return SdkResponses.getResponse(stored.response(), sealed);
    }
    long length = plainLength(request.bucket(), request.key(), stored.response(), first.get());
    InputStream plain = bytes(request.bucket(), request.key()).open(first.get(), sealed);
    GetObjectResponse.Builder response =
        stored.response().toBuilder()
            .serverSideEncryption(ServerSideEncryption.AWS_KMS)
            .ssekmsKeyId(first.get().keyId())
            .contentLength(length);
    if (request.range() == null) {
      return SdkResponses.getResponse(response.build(), plain);
    }
    SdkRequests.ByteRange range = SdkRequests.parseRange(request.range());
    Long from = range.first();
    Long to = range.last();
    long begin = from == null ? Math.max(0, length - to) : from;
    long end = from == null || to == null ? length : Math.min(length, to + 1);
    if (begin >= end) {
      throw S3Exceptions.fromStatusCode(416);
    }
    ByteStreams.skipFully(plain, begin);
    return SdkResponses.getResponse(
        response
            .contentLength(end - begin)
            .contentRange("bytes " + begin + "-" + (end - 1) + "/" + length)
            .build(),
        ByteStreams.limit(plain, end - begin));
  }

  @Override
  public HeadObjectResponse blobMetadata(HeadObjectRequest request) {
    HeadObjectResponse head = super.blobMetadata(request);
    if (!isUnderKey(head)) {
      return head;
    }
    try (ResponseInputStream<GetObjectResponse> stored =
        super.getBlob(
            GetObjectRequest.builder().bucket(request.bucket()).key(request.key()).build())) {
      Optional<Header> first = Header.read(Header.readable(stored));
      return first.isEmpty()
          ? head
          : SdkResponses.toHead(
              stored.response().toBuilder()
                  .contentLength(
                      plainLength(request.bucket(), request.key(), stored.response(), first.get()))
                  .build());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A listing has the lengths of the plain bytes, for which each object's header is read. */
  @Override
  public ListObjectsV2Response list(ListObjectsV2Request request) {
    ListObjectsV2Response page = super.list(request);
    List<S3Object> contents = new ArrayList<>();
    for (S3Object object : page.contents()) {
      HeadObjectResponse head = blobMetadataIfPresent(request.bucket(), object.key());
      contents.add(
          head == null || !isUnderKey(head)
              ? object
              : object.toBuilder().size(head.contentLength()).build());
    }
    return page.toBuilder().contents(contents).build();
  }

  @Override
  public CopyObjectResponse copyBlob(CopyObjectRequest request) {
    HeadObjectResponse source =
        super.blobMetadata(
            HeadObjectRequest.builder()
                .bucket(request.sourceBucket())
                .key(request.sourceKey())
                .build());
    boolean underKey =
        request.serverSideEncryption() == ServerSideEncryption.AWS_KMS || isUnderKey(source);
    if (!underKey) {
      return super.copyBlob(request);
    }
    GetObjectRequest read =
        GetObjectRequest.builder()
            .bucket(request.sourceBucket())
            .key(request.sourceKey())
            .ifMatch(request.copySourceIfMatch())
            .ifNoneMatch(request.copySourceIfNoneMatch())
            .ifModifiedSince(request.copySourceIfModifiedSince())
            .ifUnmodifiedSince(request.copySourceIfUnmodifiedSince())
            .build();
    try (ResponseInputStream<GetObjectResponse> plain = getBlob(read)) {
      GetObjectResponse from = plain.response();
      PutObjectResponse put = putBlob(copied(request, from), plain);
      return CopyObjectResponse.builder()
          .copyObjectResult(CopyObjectResult.builder().eTag(put.eTag()).build())
          .serverSideEncryption(put.serverSideEncryption())
          .ssekmsKeyId(put.ssekmsKeyId())
          .bucketKeyEnabled(put.bucketKeyEnabled())
          .build();
    } catch (S3Exception e) {
      // For a read the answer is "not modified", for a copy "precondition failed".
      throw e.statusCode() == 304 ? S3Exceptions.preconditionFailed(e) : e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PutObjectRequest copied(CopyObjectRequest request, GetObjectResponse from) {
    PutObjectRequest.Builder put =
        PutObjectRequest.builder()
            .bucket(request.destinationBucket())
            .key(request.destinationKey())
            .acl(request.acl())
            .contentLength(from.contentLength())
            .serverSideEncryption(request.serverSideEncryption())
            .ssekmsKeyId(request.ssekmsKeyId())
            .ssekmsEncryptionContext(request.ssekmsEncryptionContext())
            .bucketKeyEnabled(request.bucketKeyEnabled());
    return request.metadataDirective() == MetadataDirective.REPLACE
        ? put.contentType(request.contentType())
            .cacheControl(request.cacheControl())
            .contentDisposition(request.contentDisposition())
            .contentEncoding(request.contentEncoding())
            .contentLanguage(request.contentLanguage())
            .metadata(request.metadata())
            .build()
        : put.contentType(from.contentType())
            .cacheControl(from.cacheControl())
            .contentDisposition(from.contentDisposition())
            .contentEncoding(from.contentEncoding())
            .contentLanguage(from.contentLanguage())
            .metadata(from.metadata())
            .build();
  }

  @Override
  public MultipartUpload initiateMultipartUpload(CreateMultipartUploadRequest request) {
    String keyId = request.ssekmsKeyId();
    if (request.serverSideEncryption() == ServerSideEncryption.AWS_KMS && keyId != null) {
      keys.cipher(keyId);
    }
    return super.initiateMultipartUpload(request);
  }

  @Override
  public UploadPartResponse uploadMultipartPart(
      MultipartUpload upload, UploadPartRequest request, InputStream payload) {
    String bucket = upload.containerName();
    String key = upload.blobName();
    // Here the disk store keeps the key under which an upload was started.
    HeadObjectResponse begun =
        delegate()
            .blobMetadataIfPresent(
                HeadObjectRequest.builder()
                    .bucket(bucket)
                    .key(".mpus-" + upload.id() + "-" + key + "-stub")
                    .build());
    String keyId = begun == null || !isUnderKey(begun) ? null : begun.ssekmsKeyId();
    if (keyId == null) {
      return super.uploadMultipartPart(upload, request, payload);
    }
    Header header = new Header(keyId, request.contentLength());
    InputStream plain = Md5Checked.of(payload, request.contentMD5());
    try (InputStream sealed = bytes(bucket, key).seal(header, plain)) {
      return super.uploadMultipartPart(
          upload,
          request.toBuilder().contentLength(header.frameLength()).contentMD5(null).build(),
          sealed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sum of the lengths in the headers of all frames. */
  private long plainLength(String bucket, String key, GetObjectResponse stored, Header first)
      throws IOException {
    long frame = 0;
    long plain = 0;
    Header header = first;
    while (true) {
      plain += header.plainLength();
      frame += header.frameLength();
      if (frame >= stored.contentLength()) {
        return plain;
      }
      try (ResponseInputStream<GetObjectResponse> next =
          super.getBlob(
              GetObjectRequest.builder()
                  .bucket(bucket)
                  .key(key)
                  .ifMatch(stored.eTag())
                  .range(Header.range(frame))
                  .build())) {
        header =
            Header.read(Header.readable(next))
                .orElseThrow(() -> new IOException(bucket + "/" + key + " is damaged"));
      }
    }
  }

  private SealedBytes bytes(String bucket, String key) {
    return new SealedBytes(keys, bucket + "/" + key);
  }

  private HeadObjectResponse head(GetObjectRequest request) {
    return super.blobMetadata(
        HeadObjectRequest.builder().bucket(request.bucket()).key(request.key()).build());
  }

  private static boolean isUnderKey(HeadObjectResponse head) {
    return head.serverSideEncryption() == ServerSideEncryption.AWS_KMS;
  }

  /** Compares the plain bytes with the digest in the request, which the store cannot do. */
  private static final class Md5Checked extends DigestInputStream {
    private final byte[] expected;
    private boolean ended;

    private Md5Checked(InputStream in, MessageDigest digest, byte[] expected) {
      super(in, digest);
      this.expected = expected;
    }

    static InputStream of(InputStream in, @Nullable String md5) {
      try {
        return md5 == null
            ? in
            : new Md5Checked(in, MessageDigest.getInstance("MD5"), Base64.getDecoder().decode(md5));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = super.read(bytes, offset, length);
      if (read < 0 && !ended) {
        ended = true;
        if (!Arrays.equals(getMessageDigest().digest(), expected)) {
          throw S3Exceptions.fromStatusCode(400);
        }
      }
      return read;
    }
  }
}
