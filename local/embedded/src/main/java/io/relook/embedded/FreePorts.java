package io.relook.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Finds free ports of the loopback address. */
final class FreePorts {

  /** The address of every server in this package. An IP, because a name could mean ::1. */
  static final String LOOPBACK = "127.0.0.1";

  private FreePorts() {}

  /**
   * Returns a port that was free a moment ago. Another process may take it before the caller does.
   */
  static int next() {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(LOOPBACK), 0));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("No free port on " + LOOPBACK, e);
    }
  }

  /**
   * Checks that no process listens on the port.
   *
   * @throws StartFailedException if one does
   */
  static void requireFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // As servers do: connections in TIME_WAIT do not count.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(LOOPBACK), port));
    } catch (IOException e) {
      throw new StartFailedException(
          "Port "
              + port
              + " of "
              + LOOPBACK
              + " is in use: stop the process that listens on it, or choose another port",
          e);
    }
  }
}
