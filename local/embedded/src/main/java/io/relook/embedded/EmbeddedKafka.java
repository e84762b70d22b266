package io.relook.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node of Apache Kafka (KRaft: broker and controller together) in this JVM, on 127.0.0.1.
 *
 * <p>The data directory contains everything it keeps. The first start formats the directory, when
 * it has no {@code meta.properties}. After the next start, also after {@code kill -9}, the broker
 * has its topics, records, offsets and open transactions. The ports may change between starts.
 *
 * <p>{@link KafkaRaftServer} and {@link Formatter} are the classes behind Kafka's own start
 * scripts, but not a public API. Therefore nothing outside of this class uses them.
 *
 * <p>Kafka ends the JVM when its data directory becomes unusable: do not delete the directory
 * before {@link #close()}.
 */
public final class EmbeddedKafka implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);

  /**
   * The longest time that a transaction may stay open. When the transaction of a stopped job times
   * out, what the job pre-committed is lost, so this must exceed every downtime to survive.
   */
  private static final Duration LONGEST_TRANSACTION = Duration.ofDays(7);

  /** A picture of 2 MiB with its envelope, and room. */
  private static final int LARGEST_MESSAGE_BYTES = 4 << 20;

  /** How often to try other ports when another process took the chosen ones. */
  private static final int PORT_ATTEMPTS = 3;

  private static final String NODE_ID = "1";
  private static final String SCRAM = "SCRAM-SHA-512";

  private final Path dataDirectory;
  private final Settings settings;
  private int port;
  private @Nullable KafkaRaftServer server;
  private @Nullable DirectoryLock lock;

  private EmbeddedKafka(Path dataDirectory, Settings settings) {
    this.dataDirectory = dataDirectory;
    this.settings = settings;
    this.port = settings.port();
  }

  /**
   * How to start the broker.
   *
   * @param port the client port, 0 for a free one
   * @param properties broker properties, which win over those of this class
   * @param security null for a broker without encryption and access control
   */
  public record Settings(int port, Map<String, String> properties, @Nullable Security security) {

    public Settings {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException(
            "The port is " + port + "; it must be 0 (any) to 65535.");
      }
      properties = Map.copyOf(properties);
    }

    /** Settings without encryption and access control. */
    public Settings(int port, Map<String, String> properties) {
      this(port, properties, null);
    }

    /** A free port and no further properties. */
    public static Settings defaults() {
      return new Settings(0, Map.of(), null);
    }

    /** These settings with another client port. */
    public Settings onPort(int newPort) {
      return new Settings(newPort, properties, security);
    }

    /** These settings with encryption, passwords and access control lists. */
    public Settings securedBy(Security newSecurity) {
      return new Settings(port, properties, newSecurity);
    }

    /** These settings with one more broker property. */
    public Settings with(String key, String value) {
      Map<String, String> more = new HashMap<>(properties);
      more.put(key, value);
      return new Settings(port, more, security);
    }

    /**
     * These settings, but the broker looks for timed-out transactions at this interval instead of
     * every ten seconds. For tests.
     */
    public Settings endingTimedOutTransactionsEvery(Duration interval) {
      return with(
          "transaction.abort.timed.out.transaction.cleanup.interval.ms",
          Long.toString(interval.toMillis()));
    }
  }

  /**
   * TLS, SCRAM-SHA-512 and access control lists: clients must trust the authority and log in, and
   * may do only what a list allows. The administrator is created when the directory is formatted
   * and may do everything. Kafka's own tools create other users and the lists.
   *
   * @param adminName name of the administrator, of letters and digits
   * @param adminPassword without comma and bracket, which would end it in Kafka's format
   */
  public record Security(LocalCertificates certificates, String adminName, String adminPassword) {

    @Override
    public String toString() {
      return "Security[" + adminName + "]";
    }
  }

  /**
   * Starts a broker on the directory and returns when it serves clients.
   *
   * @param dataDirectory only for this broker, created if missing
   * @throws UncheckedIOException if the directory cannot be created or formatted
   * @throws StartFailedException if the broker does not start, for instance because another process
   *     uses the directory or the port
   */
  public static EmbeddedKafka start(Path dataDirectory, Settings settings) {
    try {
      Path directory = PrivateFiles.directory(dataDirectory);
      EmbeddedKafka kafka = new EmbeddedKafka(directory, settings);
      kafka.startAgain();
      return kafka;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make Kafka's directory " + dataDirectory, e);
    }
  }

  /** Starts a broker with {@link Settings#defaults()}. */
  public static EmbeddedKafka start(Path dataDirectory) {
    return start(dataDirectory, Settings.defaults());
  }

  /** The address for {@code bootstrap.servers} of clients. {@link #startAgain()} keeps it. */
  public String bootstrapServers() {
    return FreePorts.LOOPBACK + ":" + port;
  }

  /** The directory of the broker. */
  public Path dataDirectory() {
    return dataDirectory;
  }

  /** Shuts the broker down cleanly. Does nothing when it is stopped. */
  public synchronized void stop() {
    KafkaRaftServer running = server;
    if (running != null) {
      server = null;
      running.shutdown();
      running.awaitShutdown();
      unlock();
    }
  }

  /**
   * Starts the stopped broker with the same data and the same client port. Does nothing while it
   * runs.
   *
   * @throws StartFailedException if the broker does not start
   */
  public synchronized void startAgain() {
    if (server != null) {
      return;
    }
    try {
      // Kafka checks its own lock only after its controller has written to the metadata log, and
      // then ends the JVM.
      lock = DirectoryLock.take(dataDirectory);
      formatOnce();
      server = started();
      LOG.info("Kafka serves {} from {}", bootstrapServers(), dataDirectory);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot prepare Kafka's directory " + dataDirectory, e);
    } finally {
      if (server == null) {
        unlock();
      }
    }
  }

  private KafkaRaftServer started() {
    boolean anyPort = port == 0;
    if (!anyPort) {
      // This check gives one sentence; Kafka would print a page of errors.
      FreePorts.requireFree(port);
    }
    for (int attempt = 1; ; attempt++) {
      int clientPort = anyPort ? FreePorts.next() : port;
      int controllerPort = FreePorts.next();
      KafkaRaftServer starting =
          new KafkaRaftServer(new KafkaConfig(properties(clientPort, controllerPort)), Time.SYSTEM);
      try {
        starting.startup();
        port = clientPort;
        return starting;
      } catch (RuntimeException e) {
        starting.shutdown();
        starting.awaitShutdown();
        if (attempt == PORT_ATTEMPTS) {
          throw new StartFailedException("Kafka does not start on " + dataDirectory, e);
        }
        LOG.debug("Kafka did not start on port {}, trying again", clientPort, e);
      }
    }
  }

  /** Stops the broker. The data directory stays. */
  @Override
  public void close() {
    stop();
  }

  @Override
  public String toString() {
    return "EmbeddedKafka[" + bootstrapServers() + ", " + dataDirectory + "]";
  }

  private void unlock() {
    DirectoryLock held = lock;
    if (held != null) {
      lock = null;
      held.close();
    }
  }

  private void formatOnce() throws IOException {
    if (Files.exists(dataDirectory.resolve("meta.properties"))) {
      return;
    }
    try {
      Formatter formatter = new Formatter();
      Security security = settings.security();
      if (security != null) {
        formatter.setScramArguments(
            List.of(
                "%s=[name=%s,password=%s]"
                    .formatted(SCRAM, security.adminName(), security.adminPassword())));
      }
      formatter
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .setSupportedFeatures(List.copyOf(Feature.PRODUCTION_FEATURES))
          .setNodeId(Integer.parseInt(NODE_ID))
          .setClusterId(Uuid.randomUuid().toString())
          .setDirectories(List.of(dataDirectory.toString()))
          .setMetadataLogDirectory(dataDirectory.toString())
          .setControllerListenerName("CONTROLLER")
          .setReleaseVersion(MetadataVersion.latestProduction())
          .run();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("Formatting failed", e);
    }
  }

  private Map<String, String> properties(int clientPort, int controllerPort) {
    Map<String, String> p = new HashMap<>();
    String client = "BROKER://" + FreePorts.LOOPBACK + ":" + clientPort;
    String controller = FreePorts.LOOPBACK + ":" + controllerPort;
    p.put("process.roles", "broker,controller");
    p.put("node.id", NODE_ID);
    p.put("listeners", client + ",CONTROLLER://" + controller);
    p.put("advertised.listeners", client);
    p.put("listener.security.protocol.map", "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT");
    p.put("inter.broker.listener.name", "BROKER");
    p.put("controller.listener.names", "CONTROLLER");
    // A static quorum writes no address to the disk, so the controller's port may change.
    p.put("controller.quorum.voters", NODE_ID + "@" + controller);
    p.put("log.dirs", dataDirectory.toString());
    p.put("auto.create.topics.enable", "false");

    for (String internal : List.of("offsets.topic", "transaction.state.log")) {
      p.put(internal + ".num.partitions", "1");
      p.put(internal + ".replication.factor", "1");
    }
    p.put("transaction.state.log.min.isr", "1");
    p.put("share.coordinator.state.topic.num.partitions", "1");
    p.put("share.coordinator.state.topic.replication.factor", "1");
    p.put("share.coordinator.state.topic.min.isr", "1");
    p.put("transaction.max.timeout.ms", Long.toString(LONGEST_TRANSACTION.toMillis()));
    p.put("group.initial.rebalance.delay.ms", "0");

    p.put("message.max.bytes", Integer.toString(LARGEST_MESSAGE_BYTES));
    p.put("replica.fetch.max.bytes", Integer.toString(LARGEST_MESSAGE_BYTES));

    // After kill -9 the controller accepts the new broker only when the session of the dead one has
    // ended: 3.5 s with these values, 12 s with Kafka's defaults.
    p.put("broker.session.timeout.ms", "1500");
    p.put("broker.heartbeat.interval.ms", "300");

    // One client machine and few topics need few threads and not a compaction buffer of 128 MiB.
    p.put("num.network.threads", "2");
    p.put("num.io.threads", "4");
    p.put("background.threads", "2");
    p.put("log.cleaner.dedupe.buffer.size", Integer.toString(16 << 20));

    Security security = settings.security();
    if (security != null) {
      secure(p, client, controller, security);
    }
    p.putAll(settings.properties());
    return p;
  }

  /** Clients log in by SCRAM over TLS. Broker and controller identify each other by certificate. */
  private static void secure(
      Map<String, String> p, String client, String controller, Security security) {
    String internal = "INTERNAL://" + FreePorts.LOOPBACK + ":" + FreePorts.next();
    p.put("listeners", client + "," + internal + ",CONTROLLER://" + controller);
    p.put("advertised.listeners", client + "," + internal);
    p.put("listener.security.protocol.map", "BROKER:SASL_SSL,INTERNAL:SSL,CONTROLLER:SSL");
    p.put("inter.broker.listener.name", "INTERNAL");
    for (String listener : List.of("internal", "controller")) {
      p.put("listener.name." + listener + ".ssl.client.auth", "required");
    }
    p.put("listener.name.broker.sasl.enabled.mechanisms", SCRAM);
    p.put(
        "listener.name.broker.scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    LocalCertificates certificates = security.certificates();
    p.put("ssl.keystore.type", "PKCS12");
    p.put("ssl.keystore.location", certificates.serverKeyStore().toString());
    p.put("ssl.keystore.password", certificates.password());
    p.put("ssl.key.password", certificates.password());
    p.put("ssl.truststore.type", "PKCS12");
    p.put("ssl.truststore.location", certificates.trustStore().toString());
    p.put("ssl.truststore.password", certificates.password());
    p.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    p.put("super.users", "User:" + LocalCertificates.SERVER_NAME + ";User:" + security.adminName());
  }
}
