package io.relook.job.dataset;

import static io.relook.job.dataset.DatasetFixtures.NOON;
import static io.relook.job.dataset.DatasetFixtures.aPicture;
import static io.relook.job.dataset.DatasetFixtures.cut;
import static io.relook.job.dataset.DatasetFixtures.labelled;
import static io.relook.job.dataset.DatasetFixtures.standing;

import io.relook.job.domain.ImageChange;
import io.relook.job.kafka.KafkaRecord;
import io.relook.wire.Label;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * An image topic of several partitions with images and markers at random places, as producers and
 * the job write it: markers of a later cut stand behind those of an earlier one in each partition.
 */
final class ImageLog {
  final List<List<ImageChange>> partitions = new ArrayList<>();
  private final List<String> projects;
  private final Map<String, Integer> cuts = new TreeMap<>();
  private int images;

  private ImageLog(int partitions, List<String> projects) {
    for (int i = 0; i < partitions; i++) {
      this.partitions.add(new ArrayList<>());
    }
    this.projects = projects;
  }

  static ImageLog random(Random random, int partitions, List<String> projects, int steps) {
    ImageLog log = new ImageLog(partitions, projects);
    List<Deque<Runnable>> toWrite = new ArrayList<>();
    for (int i = 0; i < partitions; i++) {
      toWrite.add(new ArrayDeque<>());
    }
    for (int step = 0; step < steps; step++) {
      String project = projects.get(random.nextInt(projects.size()));
      if (random.nextInt(6) == 0) {
        int cut = log.cuts.merge(project, 1, Integer::sum);
        for (int p = 0; p < partitions; p++) {
          int partition = p;
          toWrite.get(p).add(() -> log.mark(partition, project, cut));
        }
      } else {
        log.image(random, random.nextInt(partitions), project);
      }
      // Images of others come between the markers of one cut in different partitions.
      for (Deque<Runnable> markers : toWrite) {
        while (!markers.isEmpty() && random.nextBoolean()) {
          markers.remove().run();
        }
      }
    }
    toWrite.forEach(markers -> markers.forEach(Runnable::run));
    return log;
  }

  /** All markers once more behind everything, as a replay of the commands writes them. */
  ImageLog withMarkersWrittenAgain(Random random) {
    for (int p = 0; p < partitions.size(); p++) {
      for (String project : projects) {
        for (int cut = 1; cut <= cuts(project); cut++) {
          mark(p, project, cut);
          if (random.nextInt(3) == 0) {
            image(random, p, project);
          }
        }
      }
    }
    return this;
  }

  /** Without the oldest records of each partition, as retention leaves it. */
  ImageLog withoutTheOldest(Random random) {
    for (List<ImageChange> partition : partitions) {
      partition.subList(0, random.nextInt(partition.size() / 2 + 1)).clear();
    }
    return this;
  }

  int cuts(String project) {
    return cuts.getOrDefault(project, 0);
  }

  /**
   * What a cut has to see: the last picture under each source reference before the first marker of
   * that cut in each partition, as source reference → digest.
   */
  Map<String, String> seenBy(String project, int wanted) {
    Map<String, String> seen = new TreeMap<>();
    for (List<ImageChange> partition : partitions) {
      for (ImageChange change : partition) {
        if (!change.project().equals(project)) {
          continue;
        }
        if (change.cut() != null && change.cut().getCutId().equals(DatasetFixtures.cutId(wanted))) {
          break;
        }
        if (change.picture() != null) {
          seen.put(change.sourceRef(), change.picture().digest());
        }
      }
    }
    return seen;
  }

  private void image(Random random, int partition, String project) {
    // A few source references per partition, so that later pictures replace earlier ones.
    String sourceRef = "s3://factory/" + partition + "/" + random.nextInt(6);
    KafkaRecord place = standing(partition, end(partition), NOON);
    partitions
        .get(partition)
        .add(
            new ImageChange(
                DatasetFixtures.ACCOUNT,
                project,
                place,
                sourceRef,
                labelled(Label.NORMAL),
                aPicture("digest-" + images++),
                null,
                null));
  }

  private void mark(int partition, String project, int cut) {
    partitions
        .get(partition)
        .add(cut(project, standing(partition, end(partition), NOON), cut, partitions.size()));
  }

  private long end(int partition) {
    List<ImageChange> records = partitions.get(partition);
    return records.isEmpty() ? 0 : records.get(records.size() - 1).origin().offset() + 1;
  }
}
