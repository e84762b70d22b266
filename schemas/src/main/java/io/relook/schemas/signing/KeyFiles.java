package io.relook.schemas.signing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The two files of a key pair, and the options of the job that refer to them.
 *
 * @param id of the key
 * @param signing file of the private key, in PEM; only its owner may read it
 * @param verify file of the public key, in PEM
 */
public record KeyFiles(String id, Path signing, Path verify) {

  /** Names the private key that signs cut markers, as {@code id:reference}. */
  public static final String SIGNING_KEY = "markers.signing-key";

  /** Names the public keys that cut markers are verified with. */
  public static final String VERIFY_KEYS = "markers.verify-keys";

  /** Time until which cut markers are taken without a signature. */
  public static final String UNSIGNED_UNTIL = "markers.unsigned-until";

  private static final String LOCAL_ID = "local";

  /**
   * The options of a job on this machine, with the key pair in a directory, which is made when
   * there is none. Markers from before it was made are taken without a signature: an earlier
   * version did not sign.
   *
   * @throws UncheckedIOException when the directory cannot be written
   */
  public static Map<String, String> localOptions(Path directory) {
    KeyFiles files = in(directory, LOCAL_ID);
    try {
      files.create();
      Instant made = Files.getLastModifiedTime(files.signing()).toInstant();
      Map<String, String> options = new HashMap<>(files.options());
      options.put(UNSIGNED_UNTIL, made.truncatedTo(ChronoUnit.MILLIS).toString());
      return Map.copyOf(options);
    } catch (IOException e) {
      throw new UncheckedIOException("The key of cut markers cannot be kept in " + directory, e);
    }
  }

  /** The files of a key pair in a directory, which may not exist yet. */
  public static KeyFiles in(Path directory, String id) {
    Path absolute = directory.toAbsolutePath();
    return new KeyFiles(
        id, absolute.resolve(id + ".signing.pem"), absolute.resolve(id + ".verify.pem"));
  }

  /** Whether both files exist. */
  public boolean exist() {
    return Files.exists(signing) && Files.exists(verify);
  }

  /**
   * Makes a key pair unless both files exist.
   *
   * @return whether it was made now
   * @throws IOException when the files cannot be written
   */
  public boolean create() throws IOException {
    if (exist()) {
      return false;
    }
    KeyPair pair;
    try {
      pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This Java has no Ed25519", e);
    }
    Path parent = signing.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    // Half a pair is of no use: what an interrupted run left is replaced.
    Files.deleteIfExists(signing);
    write(signing, Pem.encode(pair.getPrivate().getEncoded(), "PRIVATE KEY"), "rw-------");
    Files.deleteIfExists(verify);
    write(verify, Pem.encode(pair.getPublic().getEncoded(), "PUBLIC KEY"), "rw-r--r--");
    return true;
  }

  /** The options of a job that signs with this key and trusts it. */
  public Map<String, String> options() {
    return Map.of(
        SIGNING_KEY, id + ":${file:" + signing + "}", VERIFY_KEYS, id + ":${file:" + verify + "}");
  }

  private static void write(Path file, String text, String permissions) throws IOException {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
            }
            : new FileAttribute<?>[0];
    try (var channel =
        Files.newByteChannel(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (FileSystemException e) {
      throw new IOException("The key file " + file + " cannot be written: " + e.getReason(), e);
    }
  }
}
