package io.relook.cluster;

import io.relook.embedded.EmbeddedS3;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CountDownLatch;

/** Main class of the S3 server's process. */
final class StoreProcess {

  private StoreProcess() {}

  /**
   * Creates buckets and the file with credentials, and serves until the process gets a signal to
   * end.
   *
   * @param args data directory, port, file for the credentials, names of buckets
   */
  public static void main(String[] args) throws Exception {
    EmbeddedS3 s3 =
        EmbeddedS3.start(
            Path.of(args[0]), EmbeddedS3.Settings.defaults().onPort(Integer.parseInt(args[1])));
    for (int i = 3; i < args.length; i++) {
      s3.createBucket(args[i]);
    }
    s3.createKmsKey(Cluster.KMS_KEY);
    writeCredentials(Path.of(args[2]), s3);
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  s3.close();
                  ended.countDown();
                }));
    ended.await();
  }

  private static void writeCredentials(Path file, EmbeddedS3 s3) throws Exception {
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    Files.deleteIfExists(partial);
    Files.createFile(
        partial,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(
        partial,
        """
        [default]
        aws_access_key_id = %s
        aws_secret_access_key = %s
        """
            .formatted(s3.accessKeyId(), s3.secretAccessKey()),
        StandardCharsets.UTF_8);
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
