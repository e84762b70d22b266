package io.relook.schemas.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SigningTest {
  /** RFC 8410, section 10.3 and 10.1. */
  private static final String PRIVATE =
      """
      -----BEGIN PRIVATE KEY-----
      MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
      -----END PRIVATE KEY-----
      """;

  private static final String PUBLIC =
      """
      -----BEGIN PUBLIC KEY-----
      MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
      -----END PUBLIC KEY-----
      """;

  private final SigningKey key = SigningKey.read("k1", PRIVATE);
  private final VerifyKeys keys = VerifyKeys.read(Map.of("k1", PUBLIC));
  private final SignedPlace place = place("relook.images", 3, "marker");
  private RecordSignature signature = key.sign(place);

  @BeforeEach
  void throughTheHeader() {
    signature = RecordSignature.read(signature.header()).orElseThrow();
  }

  @Test
  void aSignatureFitsItsMessageAtItsPlaceAlone() {
    assertThat(keys.verify(signature, place)).isTrue();
    assertThat(keys.verify(signature, place("relook.images", 4, "marker"))).isFalse();
    assertThat(keys.verify(signature, place("relook.image", 3, "smarker"))).isFalse();
    assertThat(keys.verify(signature, place("other.images", 3, "marker"))).isFalse();
    assertThat(keys.verify(signature, place("relook.images", 3, "markes"))).isFalse();
    assertThat(keys.verify(signature, place("relook.images", 3, ""))).isFalse();
  }

  @Test
  void everyBitOfTheSignatureCounts() {
    for (int bit = 0; bit < signature.bytes().length * 8; bit++) {
      byte[] bytes = signature.bytes().clone();
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(keys.verify(new RecordSignature("k1", bytes), place)).as("bit %d", bit).isFalse();
    }
  }

  @Test
  void onlyTheKeyOfThatIdVerifies(@TempDir Path directory) throws Exception {
    KeyFiles other = KeyFiles.in(directory, "k2");
    assertThat(other.create()).isTrue();
    VerifyKeys both = VerifyKeys.read(Map.of("k1", PUBLIC, "k2", Files.readString(other.verify())));
    SigningKey second = SigningKey.read("k2", Files.readString(other.signing()));

    assertThat(both.verify(second.sign(place), place)).isTrue();
    assertThat(both.verify(new RecordSignature("k1", second.sign(place).bytes()), place)).isFalse();
    assertThat(keys.verify(second.sign(place), place)).isFalse();
  }

  @Test
  void keyFilesAreMadeOnceAndThePrivateOneIsForItsOwner(@TempDir Path directory) throws Exception {
    KeyFiles files = KeyFiles.in(directory.resolve("deep/keys"), "local");
    files.create();
    String before = Files.readString(files.signing());

    assertThat(files.create()).isFalse();
    assertThat(Files.readString(files.signing())).isEqualTo(before);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files.signing())))
        .isEqualTo("rw-------");
    assertThat(KeyFiles.localOptions(directory.resolve("deep/keys")))
        .containsEntry("markers.signing-key", "local:${file:" + files.signing() + "}")
        .containsEntry("markers.verify-keys", "local:${file:" + files.verify() + "}")
        .containsEntry(
            "markers.unsigned-until",
            Files.getLastModifiedTime(files.signing())
                .toInstant()
                .truncatedTo(java.time.temporal.ChronoUnit.MILLIS)
                .toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "k1",
        "k1:",
        "k1:AAAA",
        "k 1:",
        "k1:%s=",
        "k1:%s:%s",
        ":%s",
        "k1:!%s",
        " k1:%s",
        "k1:%s\n"
      })
  void whatIsNotASignatureIsNotRead(String form) {
    String sound = new String(signature.header(), StandardCharsets.US_ASCII).substring(3);
    byte[] header = form.replace("%s", sound).getBytes(StandardCharsets.US_ASCII);

    assertThat(RecordSignature.read(header)).isEmpty();
    assertThat(RecordSignature.read(new byte[1000])).isEmpty();
  }

  @Test
  void whatIsNotAKeyIsRefusedWithoutShowingIt() {
    for (String wrong : new String[] {"SECRET", PUBLIC, PRIVATE.replace("MC4C", "MC5C"), ""}) {
      assertThatThrownBy(() -> SigningKey.read("k1", wrong))
          .hasMessageStartingWith("The key k1 is not a private Ed25519 key in PEM")
          .hasMessageNotContaining("SECRET")
          .hasNoCause();
    }
    assertThatThrownBy(() -> VerifyKeys.read(Map.of("k1", PRIVATE)))
        .hasMessageStartingWith("The key k1 is not a public Ed25519 key in PEM");
  }

  private static SignedPlace place(String topic, int partition, String value) {
    return new SignedPlace(topic, partition, value.getBytes(StandardCharsets.UTF_8));
  }
}
