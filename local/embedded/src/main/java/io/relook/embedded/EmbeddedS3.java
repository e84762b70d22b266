package io.relook.embedded;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Properties;
import org.apache.commons.io.file.PathUtils;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An S3 server (s3proxy) in this JVM, on 127.0.0.1, with objects as files below a directory.
 *
 * <p>Requests need a valid AWS signature (version 4), and clients must use path-style addresses.
 * The credentials are given, or they are generated once and kept in the directory, readable by its
 * owner only, so that they stay the same after a restart. Objects and their metadata survive the
 * end of the process, also {@code kill -9}. Metadata needs a file system with extended attributes,
 * which is checked at start.
 *
 * <p>Objects that ask for a KMS key (SSE-KMS) are encrypted on the disk under that key and
 * decrypted for readers. As in AWS, only created keys exist ({@link #createKmsKey}); a request with
 * another or a disabled key gets the error of AWS. The keys are in a file beside the objects: the
 * encryption protects objects whose files are copied, but not a copy of the whole directory.
 * Everything else, also with SSE-S3, <strong>is not encrypted</strong>. There are no object
 * versions and no tags.
 */
public final class EmbeddedS3 implements AutoCloseable {

  /** The region for the signatures of clients. The server accepts any other. */
  public static final String DEFAULT_REGION = "us-east-1";

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedS3.class);
  private static final String CREDENTIALS_FILE = "credentials.properties";
  private static final String ID_KEY = "aws_access_key_id";
  private static final String SECRET_KEY = "aws_secret_access_key";

  private final Path dataDirectory;
  private final Credentials credentials;
  private final BlobStore store;
  private final KmsKeys kmsKeys;
  private final boolean deleteOnClose;
  private final @Nullable LocalCertificates certificates;
  private int port;
  private @Nullable S3Proxy server;

  private EmbeddedS3(
      Path dataDirectory,
      int port,
      Credentials credentials,
      KmsKeys kmsKeys,
      BlobStore store,
      @Nullable LocalCertificates certificates,
      boolean deleteOnClose) {
    this.dataDirectory = dataDirectory;
    this.certificates = certificates;
    this.port = port;
    this.credentials = credentials;
    this.kmsKeys = kmsKeys;
    this.store = store;
    this.deleteOnClose = deleteOnClose;
  }

  /**
   * How to start the server.
   *
   * @param port the port to listen on, 0 for a free one
   * @param credentials for the signatures of clients; null for a generated pair in the directory
   * @param certificates for HTTPS; null for plain HTTP
   */
  public record Settings(
      int port, @Nullable Credentials credentials, @Nullable LocalCertificates certificates) {

    public Settings {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException(
            "The port is " + port + "; it must be 0 (any) to 65535.");
      }
    }

    /** Settings for plain HTTP. */
    public Settings(int port, @Nullable Credentials credentials) {
      this(port, credentials, null);
    }

    /** A free port and generated credentials. */
    public static Settings defaults() {
      return new Settings(0, null, null);
    }

    /** These settings with another port. */
    public Settings onPort(int newPort) {
      return new Settings(newPort, credentials, certificates);
    }

    /** These settings with given credentials, which are not written to the directory. */
    public Settings withCredentials(String accessKeyId, String secretAccessKey) {
      return new Settings(port, new Credentials(accessKeyId, secretAccessKey), certificates);
    }

    /** These settings over HTTPS. */
    public Settings overTls(LocalCertificates newCertificates) {
      return new Settings(port, credentials, newCertificates);
    }
  }

  /** An access key id and its secret, which {@link #toString()} leaves out. */
  public record Credentials(String accessKeyId, String secretAccessKey) {

    public Credentials {
      if (accessKeyId.isBlank() || secretAccessKey.isBlank()) {
        throw new IllegalArgumentException("Access key id and secret must not be blank");
      }
    }

    @Override
    public String toString() {
      return "Credentials[" + accessKeyId + "]";
    }
  }

  /**
   * Starts a server that keeps its objects below the directory, and returns when it answers.
   *
   * @param dataDirectory only for this server, created if missing; it contains {@code objects/},
   *     generated credentials in {@code credentials.properties}, and KMS keys in {@code
   *     kms-keys.properties}
   * @throws UncheckedIOException if the directory cannot be created or has no extended attributes
   * @throws StartFailedException if the server does not start, for instance on a port in use
   */
  public static EmbeddedS3 start(Path dataDirectory, Settings settings) {
    return start(dataDirectory, settings, false);
  }

  /** Starts a server with {@link Settings#defaults()}. */
  public static EmbeddedS3 start(Path dataDirectory) {
    return start(dataDirectory, Settings.defaults());
  }

  /** Starts a server on a temporary directory, which {@link #close()} deletes. For tests. */
  public static EmbeddedS3 startTransient() {
    try {
      return start(Files.createTempDirectory("relook-s3-"), Settings.defaults(), true);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make a temporary directory", e);
    }
  }

  private static EmbeddedS3 start(Path dataDirectory, Settings settings, boolean deleteOnClose) {
    try {
      Path directory = PrivateFiles.directory(dataDirectory);
      Path objects = PrivateFiles.directory(directory.resolve("objects"));
      requireExtendedAttributes(objects);
      Credentials given = settings.credentials();
      Credentials credentials = given != null ? given : keptCredentials(directory);
      KmsKeys kmsKeys = KmsKeys.open(directory);
      BlobStore store = new KmsBlobStore(new DiskStore(objects), kmsKeys);
      EmbeddedS3 s3 =
          new EmbeddedS3(
              directory,
              settings.port(),
              credentials,
              kmsKeys,
              store,
              settings.certificates(),
              deleteOnClose);
      s3.startAgain();
      return s3;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot prepare the S3 directory " + dataDirectory, e);
    }
  }

  /**
   * The address for clients, {@code http://127.0.0.1:PORT} or with TLS {@code https://…}. {@link
   * #startAgain()} keeps it.
   */
  public URI endpoint() {
    String scheme = certificates == null ? "http" : "https";
    return URI.create(scheme + "://" + FreePorts.LOOPBACK + ":" + port);
  }

  /** The access key id of clients. */
  public String accessKeyId() {
    return credentials.accessKeyId();
  }

  /** The secret access key of clients. Not for logs. */
  public String secretAccessKey() {
    return credentials.secretAccessKey();
  }

  /** The region in the signatures of clients. */
  public String region() {
    return DEFAULT_REGION;
  }

  /** The directory of the server. */
  public Path dataDirectory() {
    return dataDirectory;
  }

  /** Creates the bucket unless it exists. */
  public void createBucket(String name) {
    if (!store.containerExists(name)) {
      store.createContainer(name);
    }
  }

  /**
   * Creates a KMS key unless it exists. It survives a restart.
   *
   * @param id the exact name in requests: an id, an alias, or the ARN of either
   */
  public void createKmsKey(String id) {
    kmsKeys.create(id);
  }

  /**
   * Disables a KMS key: nothing can be written or read under it any more.
   *
   * @throws IllegalArgumentException if there is no such key
   */
  public void disableKmsKey(String id) {
    kmsKeys.enable(id, false);
  }

  /**
   * Enables a KMS key again.
   *
   * @throws IllegalArgumentException if there is no such key
   */
  public void enableKmsKey(String id) {
    kmsKeys.enable(id, true);
  }

  /** Stops answering requests; running requests may finish. */
  public synchronized void stop() {
    S3Proxy running = server;
    if (running != null) {
      server = null;
      try {
        running.stop();
      } catch (Exception e) {
        throw new IllegalStateException("The S3 server does not stop", e);
      }
    }
  }

  /**
   * Starts the stopped server with the same objects, port and credentials. Does nothing while it
   * runs.
   *
   * @throws StartFailedException if the server does not start
   */
  public synchronized void startAgain() {
    if (server != null) {
      return;
    }
    if (port != 0) {
      FreePorts.requireFree(port);
    }
    S3Proxy.Builder builder =
        S3Proxy.builder()
            .blobStore(store)
            .awsAuthentication(
                AuthenticationType.AWS_V4,
                credentials.accessKeyId(),
                credentials.secretAccessKey());
    LocalCertificates tls = certificates;
    if (tls == null) {
      builder.endpoint(endpoint());
    } else {
      builder.secureEndpoint(endpoint()).keyStore(tls.serverKeyStore().toString(), tls.password());
    }
    S3Proxy starting = builder.build();
    try {
      starting.start();
    } catch (Exception e) {
      throw new StartFailedException("The S3 server does not start", e);
    }
    port = tls == null ? starting.getPort() : starting.getSecurePort();
    server = starting;
    LOG.info("S3 serves {} from {}", endpoint(), dataDirectory);
  }

  /** Stops the server. The directory stays, unless it is a temporary one. */
  @Override
  public void close() {
    stop();
    if (deleteOnClose) {
      try {
        PathUtils.deleteDirectory(dataDirectory);
      } catch (IOException e) {
        LOG.warn("Left {} behind", dataDirectory, e);
      }
    }
  }

  @Override
  public String toString() {
    return "EmbeddedS3[" + endpoint() + ", " + dataDirectory + "]";
  }

  private static Credentials keptCredentials(Path directory) throws IOException {
    Path file = directory.resolve(CREDENTIALS_FILE);
    if (!Files.exists(file)) {
      SecureRandom random = new SecureRandom();
      byte[] id = new byte[8];
      byte[] secret = new byte[30];
      random.nextBytes(id);
      random.nextBytes(secret);
      PrivateFiles.write(
          directory,
          CREDENTIALS_FILE,
          ID_KEY
              + "=RELOOK"
              + HexFormat.of().formatHex(id).toUpperCase(Locale.ROOT)
              + "\n"
              + SECRET_KEY
              + "="
              + Base64.getUrlEncoder().withoutPadding().encodeToString(secret)
              + "\n");
    }
    Properties kept = new Properties();
    kept.load(new StringReader(Files.readString(file, StandardCharsets.UTF_8)));
    String id = kept.getProperty(ID_KEY);
    String secret = kept.getProperty(SECRET_KEY);
    if (id == null || secret == null) {
      throw new IOException(
          file
              + " lacks "
              + ID_KEY
              + " or "
              + SECRET_KEY
              + "; delete it to generate new credentials");
    }
    return new Credentials(id, secret);
  }

  /** Without extended attributes, content types, user metadata and ETags would be lost silently. */
  private static void requireExtendedAttributes(Path directory) throws IOException {
    Path probe = Files.createTempFile(directory.getParent(), "probe", null);
    try {
      UserDefinedFileAttributeView view =
          Files.getFileAttributeView(probe, UserDefinedFileAttributeView.class);
      if (view == null) {
        throw new IOException("no extended attributes");
      }
      view.write("relook.probe", StandardCharsets.UTF_8.encode("x"));
    } catch (IOException e) {
      throw new IOException(
          "The file system of "
              + directory
              + " has no extended attributes, which keep the objects' metadata: choose a directory"
              + " on another file system",
          e);
    } finally {
      Files.deleteIfExists(probe);
    }
  }
}
