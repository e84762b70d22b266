package io.relook.learning.picture;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * For any bytes, a decoder returns a picture within its limits or a sentence about the error.
 *
 * <p>In a build the checked-in inputs are run. To fuzz: {@code JAZZER_FUZZ=1 mvn -Dquick
 * -Djazzer.hooks=true -pl learning test -Dtest=PictureFuzzTest}.
 */
class PictureFuzzTest {
  private static final PictureLimits LIMITS = new PictureLimits(64 * 1024, 1, 512);

  @FuzzTest(maxDuration = "4m")
  void decode(byte[] file) {
    try {
      Picture picture = new PictureDecoder(LIMITS).decode(file);
      PictureHeader header = PictureDecoder.readHeader(file);
      assertThat(picture.width() * picture.height()).isEqualTo(header.width() * header.height());
      assertThat(Math.max(picture.width(), picture.height())).isLessThanOrEqualTo(512);
    } catch (UnreadablePictureException e) {
      assertThat(e).hasMessageMatching("(?s).{10,400}");
    }
  }
}
