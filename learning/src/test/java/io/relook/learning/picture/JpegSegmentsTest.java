package io.relook.learning.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class JpegSegmentsTest {

  @Test
  void aColourProfileChangesNoPixel() throws Exception {
    byte[] plain = jpeg();
    // A profile that swaps much: pixels in linear light.
    byte[] profiled =
        withProfile(plain, ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData());
    PictureDecoder decoder = new PictureDecoder(PictureLimits.DEFAULT);
    assertThat(decoder.decode(profiled).rgb()).isEqualTo(decoder.decode(plain).rgb());
    assertThat(JpegSegments.withoutColorProfile(profiled)).isEqualTo(plain);
  }

  /** T.81 B.1.1.2: any marker may be preceded by any number of fill bytes. */
  @Test
  void aProfileBehindFillBytesIsFound() throws Exception {
    byte[] plain = jpeg();
    byte[] profiled =
        withProfile(plain, ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData());
    ByteArrayOutputStream filled = new ByteArrayOutputStream();
    filled.write(profiled, 0, 2);
    filled.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xFF});
    filled.write(profiled, 2, profiled.length - 2);
    assertThat(JpegSegments.withoutColorProfile(filled.toByteArray())).isEqualTo(plain);
  }

  @Test
  void aFileWithoutProfileOrWithBrokenSegmentsIsLeftAsItIs() throws Exception {
    byte[] plain = jpeg();
    assertThat(JpegSegments.withoutColorProfile(plain)).isSameAs(plain);
    byte[] broken = {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF, (byte) 0xE2, (byte) 0xFF, (byte) 0xFF};
    assertThat(JpegSegments.withoutColorProfile(broken)).isSameAs(broken);
  }

  private static byte[] jpeg() throws Exception {
    BufferedImage image = new BufferedImage(96, 80, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 80; y++) {
      for (int x = 0; x < 96; x++) {
        image.setRGB(x, y, (x * 2) << 16 | (y * 3) << 8 | (x + y));
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "jpeg", bytes);
    return bytes.toByteArray();
  }

  private static byte[] withProfile(byte[] jpeg, byte[] profile) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(jpeg, 0, 2);
    int length = 2 + 12 + 2 + profile.length;
    bytes.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xE2, (byte) (length >> 8), (byte) length});
    bytes.writeBytes("ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(new byte[] {1, 1});
    bytes.writeBytes(profile);
    bytes.write(jpeg, 2, jpeg.length - 2);
    return bytes.toByteArray();
  }
}
