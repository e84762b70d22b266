package io.relook.cluster;

import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The programs and files that the processes of a cluster need.
 *
 * @param classPath of broker and S3 server: the one of this JVM
 * @param flinkLib the folder lib/ of Flink, with ONNX Runtime
 * @param flinkConfig the folder with {@code config.yaml} and {@code log4j-console.properties} that
 *     all clusters share
 * @param jobJar the job
 */
public record Installation(
    Path java, String classPath, Path flinkLib, Path flinkConfig, Path jobJar) {

  /** Directory of the checkout, set by the launcher. */
  static final String HOME_PROPERTY = "relook.home";

  /**
   * The installation in the checkout from which the launcher runs.
   *
   * @throws RelookException when a part of it is not built
   */
  public static Installation ofThisCheckout() {
    String home = System.getProperty(HOME_PROPERTY);
    if (home == null) {
      throw new RelookException(
          Kind.USAGE, "The checkout is unknown: start the cluster with ./relook, which sets it.");
    }
    Path root = Path.of(home).toAbsolutePath().normalize();
    Installation installation =
        new Installation(
            Path.of(System.getProperty("java.home"), "bin", "java"),
            System.getProperty("java.class.path"),
            root.resolve("local/flink-lib/target/lib"),
            root.resolve("deploy/flink"),
            root.resolve("job/target/relook-job.jar"));
    installation.require(installation.flinkLib);
    installation.require(installation.flinkConfig.resolve("config.yaml"));
    installation.require(installation.jobJar);
    return installation;
  }

  private void require(Path path) {
    if (!Files.exists(path)) {
      throw new RelookException(
          Kind.USAGE, "There is no " + path + ": build it with mvn -Dquick -DskipTests package.");
    }
  }
}
