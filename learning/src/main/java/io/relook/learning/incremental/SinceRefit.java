package io.relook.learning.incremental;

/**
 * What happened since the last refit, which is a training from scratch. {@link RefitRule} decides
 * by it when the next one is due.
 *
 * @param trainings how many trainings ago the refit was; 0 for the refit itself
 * @param goodPictures good training pictures of the refit
 * @param changes good pictures added or removed since, summed over the trainings
 */
public record SinceRefit(int trainings, int goodPictures, int changes) {}
