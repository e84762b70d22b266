package io.relook.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledProcessIT {

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  Path directory;

  @Test
  void whatABrokerAcknowledgedIsThereAfterItsProcessWasKilled() throws Exception {
    Path acknowledged = directory.resolve("acknowledged");
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                BrokerProcess.class.getName(),
                directory.resolve("kafka").toString(),
                acknowledged.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      await("the other process to write its records: see " + output)
          .atMost(Duration.ofSeconds(60))
          .until(() -> Files.exists(acknowledged) || !process.isAlive());
      assertThat(process.isAlive()).as(Files.readString(output)).isTrue();
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"))) {
      EmbeddedKafkaTest.sendAll(kafka, "after");
      assertThat(EmbeddedKafkaTest.readCommitted(kafka, 3)).containsExactly("a", "b", "after");
    }
  }

  /** A broker that has taken two records and waits to be killed. */
  static final class BrokerProcess {

    private BrokerProcess() {}

    public static void main(String[] arguments) throws Exception {
      EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(arguments[0]));
      EmbeddedKafkaTest.createTopic(kafka);
      EmbeddedKafkaTest.sendAll(kafka, "a", "b");
      Files.createFile(Path.of(arguments[1]));
      // Kafka's threads keep the process alive.
    }
  }
}
