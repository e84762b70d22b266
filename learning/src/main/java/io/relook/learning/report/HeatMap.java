package io.relook.learning.report;

import io.relook.learning.model.Detection;
import io.relook.learning.picture.Picture;

/**
 * Where a model sees a defect, drawn over the picture: the picture turns grey, and what the map
 * calls anomalous turns yellow, then red. The redder is the darker too, so that nobody needs to
 * tell red from green.
 */
public final class HeatMap {

  /** Map values up to here leave the picture grey; the map's own threshold is at one half. */
  private static final double FROM = 0.4;

  private static final double TO = 0.95;
  private static final double OPACITY = 0.75;

  /** Yellow, orange, red: ColorBrewer's YlOrRd without its ends, which drown in white or black. */
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
      throw new IllegalArgumentException("The map is not of this picture.");
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
      // Soft where it begins; full long before it ends.
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
