package io.relook.learning.report;

import io.relook.learning.model.Detection;
import io.relook.learning.picture.Picture;

/**
 * Draws a model's map of anomalous pixels over the picture: the picture becomes grey, anomalous
 * pixels yellow to red. Red is darker than yellow, so the colours also differ for people who cannot
 * distinguish red and green.
 */
public final class HeatMap {

  /** Map values up to this one leave the picture grey; the map's threshold is 0.5. */
  private static final double FROM = 0.4;

  private static final double TO = 0.95;
  private static final double OPACITY = 0.75;

  /** Yellow, orange, red: ColorBrewer's YlOrRd without its ends, which vanish on white or black. */
  private static final int[][] RAMP = {
    {255, 237, 110}, {254, 178, 76}, {252, 78, 42}, {227, 10, 40}
  };

  private HeatMap() {}

  /**
   * Draws.
   *
   * @throws IllegalArgumentException if the detection is of a picture of another size
   */
  public static Picture over(Picture picture, Detection detection) {
    if (picture.width() != detection.width() || picture.height() != detection.height()) {
      throw new IllegalArgumentException(
          "The map has %d x %d pixels, the picture %d x %d; both must be of the same picture."
              .formatted(detection.width(), detection.height(), picture.width(), picture.height()));
    }
    byte[] rgb = picture.rgb();
    byte[] drawn = new byte[rgb.length];
    float[] map = detection.map();
    for (int i = 0; i < map.length; i++) {
      // Luma of ITU-R BT.601.
      double grey =
          0.299 * (rgb[3 * i] & 0xff)
              + 0.587 * (rgb[3 * i + 1] & 0xff)
              + 0.114 * (rgb[3 * i + 2] & 0xff);
      double heat = Math.max(0, Math.min(1, (map[i] - FROM) / (TO - FROM)));
      // The opacity rises over the first quarter of the ramp, so that the map has soft edges.
      double opacity = OPACITY * Math.min(1, 4 * heat);
      for (int c = 0; c < 3; c++) {
        drawn[3 * i + c] = (byte) Math.round((1 - opacity) * grey + opacity * colour(heat, c));
      }
    }
    return new Picture(picture.width(), picture.height(), drawn);
  }

  private static double colour(double heat, int channel) {
    double place = heat * (RAMP.length - 1);
    int below = Math.min((int) place, RAMP.length - 2);
    double part = place - below;
    return (1 - part) * RAMP[below][channel] + part * RAMP[below + 1][channel];
  }
}
