package io.relook.learning.evaluation;

/**
 * The score of one picture whose label is known.
 *
 * @param id the picture
 * @param anomalous its label
 * @param score in (0, 1), higher is more anomalous
 */
public record ImageScore(String id, boolean anomalous, double score) {}
