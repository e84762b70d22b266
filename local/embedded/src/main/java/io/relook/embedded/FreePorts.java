package io.relook.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Finds ports of the loopback address that nobody listens on. */
final class FreePorts {

  /** The one address every server of this package binds. An IP, not a name: a name may mean ::1. */
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
   * Checks that nobody listens on the port.
   *
   * @throws StartFailedException if somebody does
   */
  static void requireFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // As servers do it: connections that linger in TIME_WAIT do not count.
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
