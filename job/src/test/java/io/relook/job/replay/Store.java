package io.relook.job.replay;

import io.relook.embedded.EmbeddedS3;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The store as a customer sees it, without any code of relook. */
final class Store implements AutoCloseable {
  private final S3Client s3;

  Store(EmbeddedS3 embedded) {
    s3 =
        S3Client.builder()
            .endpointOverride(embedded.endpoint())
            .region(Region.of(embedded.region()))
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(embedded.accessKeyId(), embedded.secretAccessKey())))
            .build();
  }

  /** An object as it lies there. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Stored(String contentType, byte[] bytes) {}

  void put(Step.Put put) {
    s3.putObject(
        request -> request.bucket(put.bucket()).key(put.key()).contentType(put.contentType()),
        RequestBody.fromBytes(put.bytes()));
  }

  /** All objects of a bucket whose keys begin so, by key. */
  Map<String, Stored> read(String bucket, String prefix) {
    Map<String, Stored> found = new ConcurrentSkipListMap<>();
    s3.listObjectsV2Paginator(request -> request.bucket(bucket).prefix(prefix)).contents().stream()
        .map(S3Object::key)
        .toList()
        .parallelStream()
        .forEach(
            key -> {
              ResponseBytes<GetObjectResponse> object =
                  s3.getObjectAsBytes(request -> request.bucket(bucket).key(key));
              found.put(
                  key,
                  new Stored(
                      String.valueOf(object.response().contentType()), object.asByteArray()));
            });
    return new TreeMap<>(found);
  }

  @Override
  public void close() {
    s3.close();
  }
}
