package io.relook.job.stack;

import io.relook.client.RelookConnection;
import io.relook.client.RelookSettings;
import io.relook.client.Setting;
import io.relook.embedded.EmbeddedFlink;
import io.relook.embedded.EmbeddedKafka;
import io.relook.embedded.EmbeddedS3;
import io.relook.embedded.LocalCertificates;
import io.relook.job.TrainerJob;
import io.relook.schemas.Topic;
import io.relook.schemas.signing.KeyFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import javax.net.ssl.TrustManagerFactory;
import org.apache.flink.api.common.JobID;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.tools.AclCommand;

/**
 * Kafka with TLS, SCRAM-SHA-512 and the access control lists of {@code deploy/security}, S3 over
 * TLS, and Flink, in this JVM. Every password is a marker that can be looked for afterwards.
 */
public final class SecuredStack implements AutoCloseable {
  public static final String ADMIN = "admin";
  public static final String JOB = "relook-job";
  public static final String CLIENT = "relook-client";
  public static final String OPERATOR = "relook-operator";

  /** Somebody with a password and no rights. */
  public static final String STRANGER = "stranger";

  private static final Path ACLS = Path.of("../deploy/security/kafka-acls");

  private final Path directory;
  private final LocalCertificates certificates;
  private final EmbeddedKafka kafka;
  private final EmbeddedS3 s3;
  private final EmbeddedFlink flink;
  private final StackJob job;
  private final Map<String, String> jobOptions;

  private SecuredStack(
      Path directory,
      LocalCertificates certificates,
      EmbeddedKafka kafka,
      EmbeddedS3 s3,
      EmbeddedFlink flink)
      throws IOException {
    this.directory = directory;
    this.certificates = certificates;
    this.kafka = kafka;
    this.s3 = s3;
    this.flink = flink;
    this.job = new StackJob(flink);
    this.jobOptions = jobOptions();
  }

  /** A stack with users, rights, topics and buckets, and without a job. */
  public static SecuredStack start(Path directory) throws Exception {
    LocalCertificates certificates = LocalCertificates.make(directory.resolve("tls"));
    // As a cluster would be told about a store whose authority Java does not know.
    System.setProperty("javax.net.ssl.trustStore", certificates.trustStore().toString());
    System.setProperty("javax.net.ssl.trustStorePassword", certificates.password());
    System.setProperty("javax.net.ssl.trustStoreType", "PKCS12");
    // Java 17 keeps the certificates of the store before and, while one thread loads the new ones,
    // gives the old ones to others (TrustStoreManager.getTrustedCerts reads without its lock). A
    // cluster's Java never changes its trust store; here tests of this process ran with another.
    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm())
        .init((KeyStore) null);
    EmbeddedKafka kafka =
        EmbeddedKafka.start(
            directory.resolve("kafka"),
            EmbeddedKafka.Settings.defaults()
                // A busy machine must not take the broker for dead.
                .with("broker.session.timeout.ms", "9000")
                .securedBy(new EmbeddedKafka.Security(certificates, ADMIN, password(ADMIN))));
    EmbeddedS3 s3 =
        EmbeddedS3.start(
            directory.resolve("s3"), EmbeddedS3.Settings.defaults().overTls(certificates));
    System.setProperty("aws.accessKeyId", s3.accessKeyId());
    System.setProperty("aws.secretAccessKey", s3.secretAccessKey());
    s3.createBucket(TestStack.OWN_BUCKET);
    s3.createBucket(TestStack.OUTPUT_BUCKET);
    EmbeddedFlink flink =
        EmbeddedFlink.start(
            EmbeddedFlink.Settings.in(directory.resolve("flink")).withTaskManagers(1, 2));
    SecuredStack stack = new SecuredStack(directory, certificates, kafka, s3, flink);
    stack.createUsers();
    for (String role : List.of("job", "client", "operator")) {
      stack.applyAcls(ACLS.resolve(role + ".acls"));
    }
    stack.connect(OPERATOR).topics().create(Map.of(Topic.IMAGES, 2), Optional.of((short) 1));
    return stack;
  }

  /** The user's password: a marker. */
  public static String password(String user) {
    return "marker-password-of-" + user;
  }

  /** Everything that must not show anywhere. */
  public Map<String, String> secrets() {
    Map<String, String> secrets = new LinkedHashMap<>();
    for (String user : List.of(ADMIN, JOB, CLIENT, OPERATOR, STRANGER)) {
      secrets.put("password of " + user, password(user));
    }
    secrets.put("password of the trust store", certificates.password());
    secrets.put("secret access key", s3.secretAccessKey());
    secrets.put("key of cut markers", signingKey());
    return secrets;
  }

  /** The line between the first and the last of the PEM file. */
  private String signingKey() {
    try {
      return Files.readAllLines(directory.resolve("markers/local.signing.pem")).get(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void createUsers() throws Exception {
    try (Admin admin = admin(ADMIN)) {
      List<org.apache.kafka.clients.admin.UserScramCredentialAlteration> users = new ArrayList<>();
      for (String user : List.of(JOB, CLIENT, OPERATOR, STRANGER)) {
        users.add(
            new UserScramCredentialUpsertion(
                user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password(user)));
      }
      admin.alterUserScramCredentials(users).all().get();
    }
  }

  /** Runs Kafka's own tool for each line, as {@code deploy/security/apply-acls} does. */
  private void applyAcls(Path file) throws IOException {
    Path adminProperties = directory.resolve("admin.properties");
    Properties properties = new Properties();
    properties.putAll(kafkaProperties(ADMIN));
    try (var writer = Files.newBufferedWriter(adminProperties)) {
      properties.store(writer, null);
    }
    Exit.setExitProcedure(
        (status, message) -> {
          throw new IllegalStateException("kafka-acls ended with " + status + ": " + message);
        });
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.isBlank() || line.startsWith("#")) {
          continue;
        }
        List<String> arguments =
            new ArrayList<>(
                List.of(
                    "--bootstrap-server",
                    kafka.bootstrapServers(),
                    "--command-config",
                    adminProperties.toString(),
                    "--add"));
        arguments.addAll(Arrays.asList(line.strip().split("\\s+")));
        AclCommand.main(arguments.toArray(String[]::new));
      }
    } finally {
      Exit.resetExitProcedure();
    }
  }

  /** Properties with which this user logs in. */
  public Map<String, String> kafkaProperties(String user) {
    Map<String, String> properties = new TreeMap<>(security());
    properties.put("ssl.truststore.password", certificates.password());
    properties.put("sasl.jaas.config", jaas(user, password(user)));
    return properties;
  }

  private Map<String, String> security() {
    return Map.of(
        "security.protocol", "SASL_SSL",
        "sasl.mechanism", "SCRAM-SHA-512",
        "ssl.truststore.type", "PKCS12",
        "ssl.truststore.location", certificates.trustStore().toString());
  }

  private static String jaas(String user, String password) {
    return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
        .formatted(user, password);
  }

  /** As docs/guides/security.md says: the secrets in a file, references in the options. */
  private Map<String, String> jobOptions() throws IOException {
    Path secrets = directory.resolve("kafka-secrets.properties");
    Files.writeString(
        secrets, "password=%s\ntruststore=%s\n".formatted(password(JOB), certificates.password()));
    Map<String, String> options = new HashMap<>();
    security().forEach((name, value) -> options.put("kafka.properties." + name, value));
    options.put(
        "kafka.properties.ssl.truststore.password", "${file:%s:truststore}".formatted(secrets));
    options.put(
        "kafka.properties.sasl.jaas.config", jaas(JOB, "${file:%s:password}".formatted(secrets)));
    options.put("kafka.bootstrap-servers", kafka.bootstrapServers());
    options.put("s3.endpoint", s3.endpoint().toString());
    options.put("s3.path-style-access", "true");
    options.put("s3.bucket", TestStack.OWN_BUCKET);
    options.putAll(KeyFiles.localOptions(directory.resolve("markers")));
    options.put("dataset.minimums", "false");
    options.put("features.area", "1024");
    // The first handshake of a store's client loads many classes; on a busy machine that is slow.
    options.put("access.probe-timeout", "60 s");
    return options;
  }

  /** The job's options, which anybody may see. */
  public Map<String, String> options() {
    return Map.copyOf(jobOptions);
  }

  public Admin admin(String user) {
    Map<String, Object> properties = new HashMap<>(kafkaProperties(user));
    properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    return Admin.create(properties);
  }

  /** A client that logs in as this user. */
  public RelookConnection connect(String user) {
    return new RelookConnection(
        RelookSettings.resolve(
            Map.of(
                Setting.BOOTSTRAP_SERVERS, kafka.bootstrapServers(),
                Setting.S3_ENDPOINT, s3.endpoint().toString(),
                Setting.TIMEOUT, "10s"),
            kafkaProperties(user),
            Map.of(),
            Map.of()));
  }

  /** Starts the job, from a savepoint or checkpoint if there is one. */
  public JobID startJob() {
    StreamExecutionEnvironment env = flink.environment(2, flink.newestState());
    return job.start(env, jobOptions, TrainerJob.NAME);
  }

  /** Ends the job as an operator in a hurry does, its transactions left open. */
  public void cancelJob() {
    job.cancel();
  }

  public JobID running() {
    return job.running();
  }

  public EmbeddedKafka kafka() {
    return kafka;
  }

  public EmbeddedS3 s3() {
    return s3;
  }

  public EmbeddedFlink flink() {
    return flink;
  }

  @Override
  public void close() {
    if (job.runs()) {
      cancelJob();
    }
    flink.close();
    s3.close();
    kafka.close();
    for (String name : List.of("trustStore", "trustStorePassword", "trustStoreType")) {
      System.clearProperty("javax.net.ssl." + name);
    }
  }
}
