package io.relook.learning.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeaturesTest {

  private static final Features FEATURES =
      new Features(
          576,
          768,
          List.of(
              new FeatureGrid("t1", 2, 2, 3, new short[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -12}),
              new FeatureGrid("größer", 1, 1, 1, new short[] {Short.MIN_VALUE})));

  @Test
  void comesBackFromItsStoredForm() {
    Features read = Features.fromBytes(FEATURES.toBytes());

    assertThat(read.pictureWidth()).isEqualTo(576);
    assertThat(read.pictureHeight()).isEqualTo(768);
    assertThat(read.taps()).hasSize(2);
    assertThat(read.tap("t1").shape()).containsExactly(1, 2, 2, 3);
    assertThat(read.tap("t1").halves()).isEqualTo(FEATURES.tap("t1").halves());
    assertThat(read.tap("größer").halves()).containsExactly(Short.MIN_VALUE);
    assertThat(read.toBytes()).isEqualTo(FEATURES.toBytes());
  }

  @Test
  void rejectsEveryShorterAndLongerForm() {
    byte[] stored = FEATURES.toBytes();
    for (int length = 0; length <= stored.length + 2; length++) {
      if (length != stored.length) {
        byte[] cut = Arrays.copyOf(stored, length);
        assertThatThrownBy(() -> Features.fromBytes(cut))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void rejectsAnotherVersion() {
    byte[] stored = FEATURES.toBytes();
    stored[4] = 9;

    assertThatThrownBy(() -> Features.fromBytes(stored))
        .hasMessage("The stored features have version 9; this program reads version 1.");
  }

  /** Stored features live for years in buckets: these bytes must stay readable. */
  @Test
  void writesTheFormThatIsAlreadyStored() {
    Features small =
        new Features(64, 65, List.of(new FeatureGrid("t", 1, 1, 2, new short[] {1, 256})));

    assertThat(HexFormat.of().formatHex(small.toBytes()))
        .isEqualTo(
            "524c4b46"
                + "01"
                + "40000000"
                + "41000000"
                + "01"
                + "0174"
                + "010000000100000002000000"
                + "01000001");
  }
}
