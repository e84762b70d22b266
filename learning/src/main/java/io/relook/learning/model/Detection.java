package io.relook.learning.model;

/**
 * What a model says about one picture.
 *
 * @param score in (0, 1), higher is more anomalous
 * @param confidence confidence in the decision: the score of an anomalous picture, one minus it of
 *     a normal one; it can be below 0.5, because the threshold need not be there
 * @param anomalous whether the score reaches the threshold
 * @param threshold the model's threshold
 * @param map how anomalous each pixel is, row by row, on the scale of the score (not its average)
 * @param width columns of the map: the picture's
 * @param height rows of the map: the picture's
 */
@SuppressWarnings("ArrayRecordComponent") // a value per pixel; detections are not compared
public record Detection(
    double score,
    double confidence,
    boolean anomalous,
    double threshold,
    float[] map,
    int width,
    int height) {

  @Override
  public String toString() {
    return "Detection[score=%s, confidence=%s, anomalous=%s]"
        .formatted(score, confidence, anomalous);
  }
}
