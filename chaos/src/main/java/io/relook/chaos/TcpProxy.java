package io.relook.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forwards bytes between the job and the broker, and cuts connections on request. */
final class TcpProxy implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TcpProxy.class);
  private static final String LOOPBACK = "127.0.0.1";

  private final ServerSocket server;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean refusing;

  private TcpProxy(ServerSocket server, int target) {
    this.server = server;
    this.target = target;
  }

  /** Listens on the port and forwards to the target's port. */
  static TcpProxy start(int port, int target) {
    try {
      ServerSocket server = new ServerSocket();
      server.setReuseAddress(true);
      server.bind(new InetSocketAddress(InetAddress.getByName(LOOPBACK), port));
      TcpProxy proxy = new TcpProxy(server, target);
      daemon("broker-proxy", proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException("The proxy in front of the broker does not start", e);
    }
  }

  int port() {
    return server.getLocalPort();
  }

  /** Closes all connections; returns how many. */
  int cut() {
    int cut = 0;
    for (Socket socket : open) {
      close(socket);
      cut++;
    }
    return cut / 2; // each connection has two ends here
  }

  /** Whether new connections are closed immediately. */
  void refuse(boolean refuse) {
    refusing = refuse;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        if (refusing) {
          close(client);
          continue;
        }
        daemon("broker-proxy-connection", () -> connect(client));
      } catch (IOException e) {
        LOG.debug("No longer listening", e);
      }
    }
  }

  private void connect(Socket client) {
    Socket broker = new Socket();
    open.add(client);
    open.add(broker);
    try {
      client.setTcpNoDelay(true);
      broker.setTcpNoDelay(true);
      broker.connect(new InetSocketAddress(LOOPBACK, target), 2000);
      daemon("broker-proxy-answers", () -> pump(broker, client));
      pump(client, broker);
    } catch (IOException e) {
      LOG.debug("The broker does not listen", e);
      close(client);
      close(broker);
    }
  }

  private void pump(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] bytes = new byte[16 * 1024];
      for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
        out.write(bytes, 0, read);
      }
    } catch (IOException e) {
      LOG.debug("A connection ended", e);
    } finally {
      close(from);
      close(to);
    }
  }

  private void close(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("A connection was closed already", e);
    }
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      LOG.debug("The proxy was closed already", e);
    }
    cut();
  }
}
