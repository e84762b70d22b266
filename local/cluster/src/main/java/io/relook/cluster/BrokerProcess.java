package io.relook.cluster;

import io.relook.embedded.EmbeddedKafka;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;

/** Main class of the broker's process. */
final class BrokerProcess {

  private BrokerProcess() {}

  /**
   * Runs the broker until the process gets a signal to end.
   *
   * @param args data directory, client port, file with broker properties
   */
  public static void main(String[] args) throws Exception {
    Properties file = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(args[2]))) {
      file.load(reader);
    }
    Map<String, String> properties = new HashMap<>();
    file.stringPropertyNames().forEach(key -> properties.put(key, file.getProperty(key, "")));
    EmbeddedKafka kafka =
        EmbeddedKafka.start(
            Path.of(args[0]), new EmbeddedKafka.Settings(Integer.parseInt(args[1]), properties));
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  kafka.close();
                  ended.countDown();
                }));
    ended.await();
  }
}
