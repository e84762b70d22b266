package io.relook.job.stack;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Stands before a store, and answers requests for some objects with an error. */
public final class FaultyStore implements AutoCloseable {
  private static final Set<String> OF_THE_CONNECTION =
      Set.of("connection", "content-length", "expect", "transfer-encoding", "upgrade");

  private final HttpServer server;
  private final URI store;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient http;
  private final Map<String, Integer> faults = new ConcurrentHashMap<>();

  static {
    // Signatures cover the header Host, which the JDK's client would set itself.
    System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
  }

  private FaultyStore(HttpServer server, URI store) {
    this.server = server;
    this.store = store;
    this.http =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).executor(threads).build();
  }

  public static FaultyStore before(URI store) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    FaultyStore faulty = new FaultyStore(server, store);
    server.setExecutor(faulty.threads);
    server.createContext("/", faulty::handle);
    server.start();
    return faulty;
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** From now on requests whose path begins like this are answered with this status. */
  public void fail(String path, int status) {
    faults.put(path, status);
  }

  /** From now on they are not. */
  public void heal(String path) {
    faults.remove(path);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Optional<Integer> status =
          faults.entrySet().stream()
              .filter(fault -> exchange.getRequestURI().getPath().startsWith(fault.getKey()))
              .map(Map.Entry::getValue)
              .findFirst();
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (status.isPresent()) {
        answer(exchange, status.get(), error(status.get()));
      } else {
        forward(exchange, body);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void forward(HttpExchange exchange, byte[] body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(store + exchange.getRequestURI().toString()))
            .method(
                exchange.getRequestMethod(),
                body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    HttpResponse<byte[]> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    response
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> exchange.getResponseHeaders().add(name, value));
              }
            });
    answer(exchange, response.statusCode(), response.body());
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    boolean bodiless =
        body.length == 0 || status == 204 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, bodiless ? -1 : body.length);
    if (!bodiless) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  private static byte[] error(int status) {
    String code =
        switch (status) {
          case 403 -> "AccessDenied";
          case 503 -> "SlowDown";
          default -> "InternalError";
        };
    return ("<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>m</Message></Error>")
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
