package io.relook.job.s3;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the S3 service is. Credentials are not here: they come from the AWS SDK's default provider
 * chain (environment, system properties, profile, container, instance).
 *
 * @param endpoint address of an S3-compatible service; absent means AWS
 * @param region region that requests are signed for
 * @param pathStyleAccess whether the bucket is part of the path instead of the host name
 */
public record S3Settings(@Nullable URI endpoint, String region, boolean pathStyleAccess)
    implements ObjectStoreFactory {

  @Override
  public ObjectStore open() {
    return S3ObjectStore.connect(this);
  }

  @Override
  public ObjectStore open(Duration limit) {
    return S3ObjectStore.connect(this, limit);
  }
}
