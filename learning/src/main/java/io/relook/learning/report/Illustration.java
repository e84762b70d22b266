package io.relook.learning.report;

import io.relook.learning.model.Detection;
import io.relook.learning.picture.Picture;

/**
 * A picture beside its heat map, small enough for a page.
 *
 * @param picture JPEG file
 * @param heatMap JPEG file
 * @param score of the picture by the model file
 */
@SuppressWarnings("ArrayRecordComponent") // files; illustrations are not compared
public record Illustration(byte[] picture, byte[] heatMap, double score) {

  private static final int LONGEST_SIDE = 320;
  private static final float QUALITY = 0.8f;

  /** The illustration of a picture and its detection. */
  public static Illustration of(Picture picture, Detection detection) {
    return new Illustration(
        Jpeg.encode(picture, LONGEST_SIDE, QUALITY),
        Jpeg.encode(HeatMap.over(picture, detection), LONGEST_SIDE, QUALITY),
        detection.score());
  }
}
