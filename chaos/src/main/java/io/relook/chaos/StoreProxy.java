package io.relook.chaos;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forwards requests between the job and the S3 server, and harms some of them on request. It keeps
 * the Host header, since requests are signed with it.
 */
final class StoreProxy implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreProxy.class);

  /** Headers that each hop sets itself. */
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "keep-alive",
          "transfer-encoding",
          "upgrade",
          "http2-settings");

  private static final Duration STORE_PATIENCE = Duration.ofSeconds(20);

  /** Share of requests that a fault harms: some get through, as in practice. */
  private static final double SHARE = 0.7;

  private final HttpServer server;
  private final URI store;
  private final HttpClient http;
  private final ExecutorService threads;
  private final SplittableRandom random;
  private final AtomicInteger harmed = new AtomicInteger();
  private final Map<String, Refusal> refusals = new ConcurrentHashMap<>();
  private volatile StoreFault fault = StoreFault.NONE;

  /**
   * An answer to all requests for some objects.
   *
   * @param writes whether only writes get it
   */
  enum Refusal {
    FORBIDDEN(403, "AccessDenied", false),
    READ_ONLY(403, "AccessDenied", true),
    ERROR(500, "InternalError", false),
    UNAVAILABLE(503, "ServiceUnavailable", false),
    SLOW_DOWN(503, "SlowDown", false);

    private final int status;
    private final String code;
    private final boolean writes;

    Refusal(int status, String code, boolean writes) {
      this.status = status;
      this.code = code;
      this.writes = writes;
    }

    private boolean isFor(String method) {
      return !writes || !method.equals("GET") && !method.equals("HEAD");
    }
  }

  static {
    // Without this the JDK's client sets Host itself.
    System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private StoreProxy(HttpServer server, URI store, long seed) {
    this.server = server;
    this.store = store;
    this.random = new SplittableRandom(seed);
    this.threads =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "store-proxy");
              thread.setDaemon(true);
              return thread;
            });
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .executor(threads)
            .build();
  }

  /** Must run before anything else in this JVM uses the JDK's HTTP client. */
  static void prepare() {
    // The static initializer does it.
  }

  /** Listens on a port of 127.0.0.1 (0 for a free one) and forwards to the store. */
  static StoreProxy start(int port, URI store, long seed) {
    try {
      HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 100);
      StoreProxy proxy = new StoreProxy(server, store, seed);
      server.setExecutor(proxy.threads);
      server.createContext("/", proxy::handle);
      server.start();
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException("The proxy in front of the store does not start", e);
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Sets the fault for the requests from now on. */
  void set(StoreFault next) {
    fault = next;
  }

  /** From now on every request whose path begins like this is refused. */
  void refuse(String path, Refusal refusal) {
    refusals.put(path, refusal);
  }

  /** From now on it is not. */
  void permit(String path) {
    refusals.remove(path);
  }

  /** From now on no request is refused for its path. */
  void permitAll() {
    refusals.clear();
  }

  /** Requests that were harmed so far. */
  int harmed() {
    return harmed.get();
  }

  private void handle(HttpExchange exchange) {
    try (exchange) {
      String method = exchange.getRequestMethod();
      Optional<Refusal> refusal = refusal(exchange.getRequestURI().getPath(), method);
      if (refusal.isPresent()) {
        harmed.incrementAndGet();
        exchange.getRequestBody().readAllBytes();
        refuse(exchange, refusal.get().status, refusal.get().code, "As the script says.");
        return;
      }
      StoreFault now = isHarmed() ? fault : StoreFault.NONE;
      switch (now) {
        case NONE -> forward(exchange, false);
        case ERRORS -> {
          harmed.incrementAndGet();
          if (chance(0.5)) {
            refuse(exchange, 500, "InternalError", "We encountered an internal error.");
          } else {
            refuse(exchange, 503, "ServiceUnavailable", "Service is unable to handle request.");
          }
        }
        case THROTTLED -> {
          harmed.incrementAndGet();
          refuse(exchange, 503, "SlowDown", "Please reduce your request rate.");
        }
        case FULL -> {
          if (method.equals("PUT") || method.equals("POST")) {
            harmed.incrementAndGet();
            refuse(exchange, 507, "InsufficientStorage", "There is no space left on the device.");
          } else {
            forward(exchange, false);
          }
        }
        case HALF_WRITTEN -> {
          harmed.incrementAndGet();
          forward(exchange, true);
        }
        case SLOW -> {
          harmed.incrementAndGet();
          TimeUnit.MILLISECONDS.sleep(500 + next(5000));
          forward(exchange, false);
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("A request ended early", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<Refusal> refusal(String path, String method) {
    return refusals.entrySet().stream()
        .filter(entry -> path.startsWith(entry.getKey()) && entry.getValue().isFor(method))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private boolean isHarmed() {
    return fault != StoreFault.NONE && chance(SHARE);
  }

  private synchronized boolean chance(double share) {
    return random.nextDouble() < share;
  }

  private synchronized int next(int bound) {
    return random.nextInt(bound);
  }

  private static void refuse(HttpExchange exchange, int status, String code, String message)
      throws IOException {
    byte[] body =
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Error><Code>%s</Code><Message>%s</Message></Error>"""
            .formatted(code, message)
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/xml");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private void forward(HttpExchange exchange, boolean half)
      throws IOException, InterruptedException {
    String length = exchange.getRequestHeaders().getFirst("Content-Length");
    long bytes = length == null ? 0 : Long.parseLong(length);
    boolean halfOfRequest = half && bytes > 1;
    HttpRequest.Builder request =
        HttpRequest.newBuilder(store.resolve(exchange.getRequestURI().toString()))
            .timeout(STORE_PATIENCE)
            .method(
                exchange.getRequestMethod(), body(exchange.getRequestBody(), bytes, halfOfRequest));
    for (Map.Entry<String, List<String>> header : exchange.getRequestHeaders().entrySet()) {
      if (!HOP_BY_HOP.contains(header.getKey().toLowerCase(Locale.ROOT))) {
        header.getValue().forEach(value -> request.header(header.getKey(), value));
      }
    }
    HttpResponse<InputStream> response = http.send(request.build(), BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      answer(exchange, response, body, half);
    }
  }

  private static BodyPublisher body(InputStream in, long bytes, boolean half) throws IOException {
    if (bytes == 0) {
      in.readAllBytes();
      return BodyPublishers.noBody();
    }
    if (!half) {
      byte[] all = in.readNBytes(Math.toIntExact(bytes));
      return BodyPublishers.ofByteArray(all);
    }
    byte[] first = in.readNBytes(Math.toIntExact(bytes / 2));
    // Announces the full length and ends early: the store sees a truncated body.
    return BodyPublishers.fromPublisher(
        BodyPublishers.ofInputStream(() -> new Broken(new ByteArrayInputStream(first))), bytes);
  }

  private static void answer(
      HttpExchange exchange, HttpResponse<InputStream> response, InputStream body, boolean half)
      throws IOException {
    Headers headers = exchange.getResponseHeaders();
    response
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> headers.add(name, value));
              }
            });
    long length = response.headers().firstValueAsLong("content-length").orElse(-1);
    if (exchange.getRequestMethod().equals("HEAD")
        || response.statusCode() == 204
        || response.statusCode() == 304) {
      if (length >= 0) {
        headers.set("Content-Length", Long.toString(length));
      }
      exchange.sendResponseHeaders(response.statusCode(), -1);
      return;
    }
    exchange.sendResponseHeaders(response.statusCode(), length < 0 ? 0 : length == 0 ? -1 : length);
    OutputStream out = exchange.getResponseBody();
    if (half && length > 1) {
      out.write(body.readNBytes(Math.toIntExact(length / 2)));
      out.flush();
      throw new IOException("Ended early on purpose");
    }
    body.transferTo(out);
    out.close();
  }

  /** Fails at the end of its bytes. */
  private static final class Broken extends FilterInputStream {
    Broken(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      if (read < 0) {
        throw new IOException("Ended early on purpose");
      }
      return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = super.read(bytes, offset, length);
      if (read < 0) {
        throw new IOException("Ended early on purpose");
      }
      return read;
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
