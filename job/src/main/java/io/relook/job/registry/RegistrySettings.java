package io.relook.job.registry;

import io.relook.job.domain.Partitioning;
import io.relook.job.kafka.KeyPartition;
import io.relook.schemas.access.AccessControl;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the options say about the registry.
 *
 * @param region region that appears in ARNs
 * @param imagePartitions number of partitions of the image topic
 * @param partitioning which of them the images of a project may stand in
 * @param quotas what an account may ask for at most
 * @param access what callers may do
 * @param longestTraining how long a training and its publication may take together
 * @param longestImport how long an import may take
 */
public record RegistrySettings(
    String region,
    int imagePartitions,
    Partitioning partitioning,
    RegistryOptions.Quotas quotas,
    AccessControl access,
    Duration longestTraining,
    Duration longestImport)
    implements Serializable {

  /** For the wait in line and for a downtime of the job. */
  private static final Duration MARGIN = Duration.ofDays(1);

  /** Of projects whose images may stand in any partition. */
  public RegistrySettings(
      String region,
      int imagePartitions,
      RegistryOptions.Quotas quotas,
      AccessControl access,
      Duration longestTraining,
      Duration longestImport) {
    this(region, imagePartitions, Partitioning.ANY, quotas, access, longestTraining, longestImport);
  }

  LostEnds.After lostAfter() {
    return new LostEnds.After(longestTraining.plus(MARGIN), longestImport.plus(MARGIN));
  }

  /**
   * Partitions that get a marker of a project's cut.
   *
   * @param project account/project
   */
  List<Integer> partitionsOf(String project) {
    return partitioning == Partitioning.BY_KEY
        ? List.of(KeyPartition.of(project, imagePartitions))
        : IntStream.range(0, imagePartitions).boxed().toList();
  }
}
