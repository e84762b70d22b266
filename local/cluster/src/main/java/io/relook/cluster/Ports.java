package io.relook.cluster;

import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * Ports on 127.0.0.1. They are chosen once, so that a restarted process has the same port.
 *
 * @param ui of the first job manager's web UI and REST API
 * @param standbyUi of the second job manager's
 */
public record Ports(int kafka, int kafkaController, int s3, int zookeeper, int ui, int standbyUi) {
  static final String LOOPBACK = "127.0.0.1";

  /** Free ports in place of those that are 0. */
  public Ports choose() {
    return new Ports(
        chosen(kafka),
        chosen(kafkaController),
        chosen(s3),
        chosen(zookeeper),
        chosen(ui),
        chosen(standbyUi));
  }

  /** No port chosen yet. */
  public static Ports any() {
    return new Ports(0, 0, 0, 0, 0, 0);
  }

  private static int chosen(int port) {
    return port == 0 ? free() : port;
  }

  /** A port that was free a moment ago. */
  public static int free() {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(LOOPBACK), 0));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("No free port on " + LOOPBACK, e);
    }
  }

  /** Whether a process listens on the port. */
  static boolean isOpen(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(LOOPBACK, port), 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The kept ports, replaced by the given ones where these are not 0. */
  static Ports kept(Path file, Ports given) {
    Properties kept = new Properties();
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        kept.load(reader);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + file, e);
      }
    }
    return new Ports(
        port(kept, "kafka", given.kafka),
        port(kept, "kafka-controller", given.kafkaController),
        port(kept, "s3", given.s3),
        port(kept, "zookeeper", given.zookeeper),
        port(kept, "jobmanager-1", given.ui),
        port(kept, "jobmanager-2", given.standbyUi));
  }

  private static int port(Properties kept, String name, int given) {
    if (given != 0) {
      return given;
    }
    String text = kept.getProperty(name, "0");
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new RelookException(
          Kind.USAGE,
          "The port %s in cluster.properties is '%s', which is not a number: correct or delete the line."
              .formatted(name, text),
          e);
    }
  }

  void keep(Path file) {
    Properties kept = new Properties();
    kept.setProperty("kafka", Integer.toString(kafka));
    kept.setProperty("kafka-controller", Integer.toString(kafkaController));
    kept.setProperty("s3", Integer.toString(s3));
    kept.setProperty("zookeeper", Integer.toString(zookeeper));
    kept.setProperty("jobmanager-1", Integer.toString(ui));
    kept.setProperty("jobmanager-2", Integer.toString(standbyUi));
    try (Writer writer = Files.newBufferedWriter(file)) {
      kept.store(writer, "Ports on 127.0.0.1, chosen when this cluster was first started.");
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }
}
