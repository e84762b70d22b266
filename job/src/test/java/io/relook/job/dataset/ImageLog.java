package io.relook.job.dataset;

import static io.relook.job.dataset.DatasetFixtures.NOON;
import static io.relook.job.dataset.DatasetFixtures.aMarker;
import static io.relook.job.dataset.DatasetFixtures.aPicture;
import static io.relook.job.dataset.DatasetFixtures.cut;
import static io.relook.job.dataset.DatasetFixtures.labelled;
import static io.relook.job.dataset.DatasetFixtures.standing;

import io.relook.job.domain.ImageChange;
import io.relook.job.kafka.KafkaRecord;
import io.relook.wire.CreateDataset;
import io.relook.wire.CreateModel;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetOutcome;
import io.relook.wire.DatasetOutcomeKind;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteDataset;
import io.relook.wire.DeleteProject;
import io.relook.wire.Label;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * An image topic of several partitions with images and markers at random places, as producers and
 * the job write it: markers of a later cut stand behind those of an earlier one in each partition.
 * Cuts train, delete a data set, end an import after later commands were admitted, or delete the
 * project, which is then created again.
 */
final class ImageLog {
  final List<List<ImageChange>> partitions = new ArrayList<>();
  private final List<String> projects;
  private final boolean byKey;
  private final Map<String, List<CutMarker>> cuts = new TreeMap<>();
  private final Map<String, Integer> incarnations = new TreeMap<>();
  private int images;

  private ImageLog(int partitions, List<String> projects, boolean byKey) {
    this.byKey = byKey;
    for (int i = 0; i < partitions; i++) {
      this.partitions.add(new ArrayList<>());
    }
    this.projects = projects;
  }

  static ImageLog random(Random random, int partitions, List<String> projects, int steps) {
    return random(random, partitions, projects, steps, false);
  }

  /**
   * The same.
   *
   * @param byKey whether each project has a partition of its own, as with {@code
   *     images.partitioning=by-key}
   */
  static ImageLog random(
      Random random, int partitions, List<String> projects, int steps, boolean byKey) {
    ImageLog log = new ImageLog(partitions, projects, byKey);
    List<Deque<Runnable>> toWrite = new ArrayList<>();
    for (int i = 0; i < partitions; i++) {
      toWrite.add(new ArrayDeque<>());
    }
    for (int step = 0; step < steps; step++) {
      String project = projects.get(random.nextInt(projects.size()));
      if (random.nextInt(6) == 0) {
        CutMarker cut = log.admitted(random, project);
        for (int p : log.partitionsOf(project)) {
          int partition = p;
          toWrite.get(p).add(() -> log.mark(partition, cut));
        }
      } else {
        List<Integer> own = log.partitionsOf(project);
        log.image(random, own.get(random.nextInt(own.size())), project);
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

  private List<Integer> partitionsOf(String project) {
    int count = partitions.size();
    return byKey
        ? List.of((projects.indexOf(project) + 1) % count)
        : IntStream.range(0, count).boxed().toList();
  }

  /** All markers once more behind everything, as a replay of the commands writes them. */
  ImageLog withMarkersWrittenAgain(Random random) {
    for (int p = 0; p < partitions.size(); p++) {
      for (String project : projects) {
        for (CutMarker cut : cuts.getOrDefault(project, List.of())) {
          mark(p, cut);
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

  /** Numbers of the cuts that train, in their order. */
  List<Integer> trainings(String project) {
    return trainings(cuts.getOrDefault(project, List.of()).stream());
  }

  /** Numbers of the cuts that train since the project was created last. */
  List<Integer> trainingsOfTheNewestProject(String project) {
    String newest = incarnation(project);
    return trainings(
        cuts.getOrDefault(project, List.of()).stream()
            .filter(cut -> cut.getIncarnation().equals(newest)));
  }

  private static List<Integer> trainings(Stream<CutMarker> cuts) {
    return cuts.filter(cut -> cut.getCommand() instanceof CreateModel)
        .map(cut -> Integer.valueOf(cut.getModel().getModelVersion()))
        .toList();
  }

  private String incarnation(String project) {
    return "relook.commands-0-" + project + incarnations.getOrDefault(project, 0);
  }

  /** The next cut of a project, as the registry admits it. */
  private CutMarker admitted(Random random, String project) {
    List<CutMarker> before = cuts.computeIfAbsent(project, name -> new ArrayList<>());
    int number = before.size() + 1;
    CutMarker.Builder cut =
        aMarker(project, number, partitionsOf(project).size())
            .setIncarnation(incarnation(project))
            .setSequence(number);
    int kind = random.nextInt(8);
    if (kind == 0) {
      cut.setModel(null).setCommand(new DeleteDataset(project, DatasetType.TRAIN, null));
    } else if (kind == 1) {
      cut.setModel(null).setCommand(new DeleteProject(project, null));
      incarnations.merge(project, 1, Integer::sum);
    } else if (kind == 2 && number > 2) {
      cut.setModel(null)
          .setCutId(DatasetFixtures.cutId(number - 2) + "-end")
          .setCommand(new CreateDataset(project, DatasetType.TEST, null, null))
          .setDatasetOutcome(
              DatasetOutcome.newBuilder()
                  .setAccount(DatasetFixtures.ACCOUNT)
                  .setProjectName(project)
                  .setDatasetType(DatasetType.TEST)
                  .setCutId(DatasetFixtures.cutId(number - 2))
                  .setKind(DatasetOutcomeKind.IMPORTED)
                  .setEndedAt(NOON)
                  .build());
    }
    before.add(cut.build());
    return before.get(number - 1);
  }

  /**
   * What a cut has to see: the last picture under each source reference before the first marker of
   * that cut in each partition, and behind the first marker of the deletion before, as source
   * reference → digest.
   */
  Map<String, String> seenBy(String project, int wanted) {
    Map<String, String> seen = new TreeMap<>();
    for (List<ImageChange> partition : partitions) {
      // A source reference is of one partition.
      Map<String, String> seenHere = new TreeMap<>();
      Set<String> cutsBefore = new HashSet<>();
      for (ImageChange change : partition) {
        if (!change.project().equals(project)) {
          continue;
        }
        CutMarker cut = change.cut();
        if (cut != null && cut.getCutId().equals(DatasetFixtures.cutId(wanted))) {
          break;
        }
        if (cut != null && cutsBefore.add(cut.getCutId()) && deletes(cut)) {
          seenHere.clear();
        }
        if (change.picture() != null) {
          seenHere.put(change.sourceRef(), change.picture().digest());
        }
      }
      seen.putAll(seenHere);
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

  private static boolean deletes(CutMarker cut) {
    return cut.getCommand() instanceof DeleteDataset || cut.getCommand() instanceof DeleteProject;
  }

  private void mark(int partition, CutMarker cut) {
    partitions
        .get(partition)
        .add(
            cut(
                standing(partition, end(partition), NOON),
                CutMarker.newBuilder(cut).setPartition(partition).build()));
  }

  private long end(int partition) {
    List<ImageChange> records = partitions.get(partition);
    return records.isEmpty() ? 0 : records.get(records.size() - 1).origin().offset() + 1;
  }
}
