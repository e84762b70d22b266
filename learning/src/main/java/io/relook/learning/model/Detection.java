package io.relook.learning.model;

/**
 * The result of a model for one picture.
 *
 * @param score in (0, 1), higher is more anomalous
 * @param confidence of the decision: the score of an anomalous picture, 1 − score of a normal one.
 *     It can be below 0.5 where a file's threshold is another
 * @param anomalous whether the score reaches the threshold
 * @param threshold the model's threshold
 * @param map how anomalous each pixel is, [height · width] row by row, calibrated as the score is;
 *     the score is not its average
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
