package io.relook.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A certificate authority for this machine and a server certificate for 127.0.0.1 that it signed,
 * so that clients verify TLS as in production. The JDK's keytool makes both. The keys exist as long
 * as the directory; the certificates are valid for {@value #DAYS} days.
 */
public final class LocalCertificates {

  /** Distinguished name of the server: the broker's name for itself in Kafka. */
  static final String SERVER_NAME = "CN=relook-server";

  private static final int DAYS = 30;
  private static final String STORE_TYPE = "PKCS12";
  private static final String AUTHORITY = "authority";
  private static final String SERVER = "server";

  /** One call of keytool takes half a second, but longer on a busy machine. */
  private static final long PATIENCE_SECONDS = 60;

  private final Path directory;
  private final String password;

  private LocalCertificates(Path directory, String password) {
    this.directory = directory;
    this.password = password;
  }

  /**
   * Generates the keys and signs the server's certificate.
   *
   * @param directory created if missing, readable by its owner only
   * @throws UncheckedIOException if the directory cannot be written, or keytool is missing
   */
  public static LocalCertificates make(Path directory) {
    byte[] random = new byte[18];
    new SecureRandom().nextBytes(random);
    try {
      LocalCertificates made =
          new LocalCertificates(
              PrivateFiles.directory(directory), Base64.getUrlEncoder().encodeToString(random));
      made.write();
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make certificates in " + directory, e);
    }
  }

  /** PKCS #12 file with the server's key and its chain. */
  public Path serverKeyStore() {
    return directory.resolve("server.p12");
  }

  /** PKCS #12 file with only the authority's certificate, which clients must trust. */
  public Path trustStore() {
    return directory.resolve("trust.p12");
  }

  /** Password of both files. Not for logs. */
  public String password() {
    return password;
  }

  private void write() throws IOException {
    Path both = directory.resolve("both.p12");
    keytool(both, AUTHORITY, "CN=relook-local-authority", "-ext", "bc:c");
    keytool(
        both, SERVER, SERVER_NAME, "-signer", AUTHORITY, "-ext", "san=ip:127.0.0.1,dns:localhost");
    try {
      KeyStore made = KeyStore.getInstance(both.toFile(), password.toCharArray());
      Certificate authority = made.getCertificate(AUTHORITY);
      KeyStore server = empty();
      server.setKeyEntry(
          SERVER,
          made.getKey(SERVER, password.toCharArray()),
          password.toCharArray(),
          new Certificate[] {made.getCertificate(SERVER), authority});
      store(server, serverKeyStore());
      KeyStore trust = empty();
      trust.setCertificateEntry(AUTHORITY, authority);
      store(trust, trustStore());
      // The authority's key is not needed any more.
      Files.delete(both);
    } catch (GeneralSecurityException e) {
      throw new IOException("The key stores cannot be written", e);
    }
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(STORE_TYPE);
    store.load(null, null);
    return store;
  }

  private void store(KeyStore store, Path file) throws GeneralSecurityException, IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, password.toCharArray());
    }
  }

  private void keytool(Path keyStore, String alias, String name, String... more)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                Integer.toString(DAYS),
                "-storetype",
                STORE_TYPE,
                "-storepass:env",
                "RELOOK_STORE_PASSWORD",
                "-keystore",
                keyStore.toString(),
                "-alias",
                alias,
                "-dname",
                name));
    command.addAll(List.of(more));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("RELOOK_STORE_PASSWORD", password);
    Path said = directory.resolve("keytool.log");
    builder.redirectOutput(said.toFile());
    Process process = builder.start();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("keytool does not end");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while keytool ran", e);
    }
    if (process.exitValue() != 0) {
      throw new IOException("keytool failed: " + Files.readString(said, StandardCharsets.UTF_8));
    }
    Files.delete(said);
  }
}
