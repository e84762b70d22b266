package io.relook.job.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.domain.ImportRequest;
import io.relook.job.domain.Split;
import io.relook.job.domain.TrainingImage;
import io.relook.job.domain.TrainingOrder;
import io.relook.job.reference.ReferenceService.Request;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateDataset;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.DatasetDescription;
import io.relook.wire.DatasetImageStats;
import io.relook.wire.DatasetMetadata;
import io.relook.wire.DatasetOutcome;
import io.relook.wire.DatasetOutcomeKind;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteDataset;
import io.relook.wire.DeleteModel;
import io.relook.wire.DeleteProject;
import io.relook.wire.Label;
import io.relook.wire.ModelMetadata;
import io.relook.wire.OutputConfig;
import io.relook.wire.ProjectDescription;
import io.relook.wire.ProjectMetadata;
import io.relook.wire.ResourceArn;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import io.relook.wire.ServiceException;
import io.relook.wire.Tag;
import io.relook.wire.TagResource;
import io.relook.wire.TrainingFailed;
import io.relook.wire.TrainingOutcome;
import io.relook.wire.UntagResource;
import io.relook.wire.UpdateDatasetEntries;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random lives of an account, with crashes, through the real operators and through {@link
 * ReferenceService}: every answer and the final state must agree.
 *
 * <p>The default build runs {@value #DEFAULT} of them. The full run:
 *
 * <pre>
 * mvn -Dquick -pl job test -Dtest=ReferenceTest -Drelook.reference.sequences=10000
 * </pre>
 *
 * <p>A failure names the seed of its sequence and what happened; {@code -Drelook.reference.seed=N
 * -Drelook.reference.sequences=1} runs that one again.
 */
class ReferenceTest {
  private static final int DEFAULT = 400;
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
  private static final List<String> OPERATIONS =
      List.of(
          "CreateProject",
          "DeleteProject",
          "CreateDataset",
          "UpdateDatasetEntries",
          "DeleteDataset",
          "CreateModel",
          "DeleteModel",
          "TagResource",
          "UntagResource");

  /** What an operation can answer; each must have been seen. */
  private static final Map<String, List<String>> OUTCOMES =
      Map.of(
          "CreateProject", List.of("ok", "replayed", "Conflict", "Throttling"),
          "DeleteProject", List.of("ok", "replayed", "Conflict", "ResourceNotFound", "Throttling"),
          "CreateDataset", List.of("ok", "replayed", "Conflict", "ResourceNotFound", "Throttling"),
          "UpdateDatasetEntries",
              List.of("ok", "replayed", "Conflict", "ResourceNotFound", "Throttling"),
          "DeleteDataset", List.of("ok", "replayed", "Conflict", "ResourceNotFound", "Throttling"),
          "CreateModel",
              List.of(
                  "ok",
                  "replayed",
                  "Conflict",
                  "ResourceNotFound",
                  "ServiceQuotaExceeded",
                  "Throttling"),
          "DeleteModel", List.of("ok", "replayed", "Conflict", "ResourceNotFound", "Throttling"),
          "TagResource", List.of("ok", "ResourceNotFound", "Throttling"),
          "UntagResource", List.of("ok", "ResourceNotFound", "Throttling"));

  private final Map<String, Map<String, Integer>> coverage = new TreeMap<>();

  @Test
  void answersAndStateAgreeWithTheReference() throws Exception {
    int sequences = Integer.getInteger("relook.reference.sequences", DEFAULT);
    long firstSeed = Long.getLong("relook.reference.seed", 1);
    List<Integer> lengths = new ArrayList<>();
    int crashed = 0;
    for (long seed = firstSeed; seed < firstSeed + sequences; seed++) {
      Life life = new Life(seed);
      try {
        lengths.add(life.live());
        crashed += life.crashes > 0 ? 1 : 0;
      } catch (AssertionError | Exception e) {
        throw new AssertionError(
            "Sequence with seed "
                + seed
                + ":\n"
                + String.join("\n", life.history)
                + "\n"
                + e.getMessage(),
            e);
      }
    }
    Collections.sort(lengths);
    print(sequences, crashed, lengths.get(lengths.size() / 2));
    if (sequences >= DEFAULT) {
      assertThat(lengths.get(lengths.size() / 2)).isGreaterThanOrEqualTo(30);
      assertThat(crashed).isGreaterThanOrEqualTo(sequences / 2);
      OUTCOMES.forEach(
          (operation, outcomes) ->
              assertThat(coverage.getOrDefault(operation, Map.of()).keySet())
                  .as("outcomes of %s that were seen", operation)
                  .containsAll(outcomes));
    }
  }

  private void print(int sequences, int crashed, int median) {
    System.out.printf(
        Locale.ROOT,
        "%d sequences, %d with crashes, median length %d; answers by command and outcome:%n",
        sequences,
        crashed,
        median);
    coverage.forEach(
        (operation, outcomes) -> System.out.println("  " + operation + " " + outcomes));
  }

  /** One account's life. */
  private final class Life {
    private static final List<String> PROJECTS = List.of("bolts", "nuts");
    private static final List<String> TYPES = List.of("train", "test");
    private static final long[] STEPS = {0, 0, 100, 250, 999, 1_000, 5_000, 3_600_000};

    private final SplittableRandom random;
    private final ReferenceService reference = new ReferenceService();
    private final ProductUnderTest product;
    private final Map<String, Split> splits = new HashMap<>();
    private final List<Request> sent = new ArrayList<>();
    private long now = NOON.toEpochMilli();

    /** What happened, for whoever has to find out why. */
    final List<String> history = new ArrayList<>();

    int crashes;

    Life(long seed) throws Exception {
      random = new SplittableRandom(seed);
      product = new ProductUnderTest(random.split(), NOON);
    }

    int live() throws Exception {
      int steps = 20 + random.nextInt(60);
      boolean crashing = random.nextInt(4) > 0;
      try (product) {
        product.checkpoint(0);
        for (int i = 0; i < steps; i++) {
          step(i, crashing);
        }
        product.letTimePass(1_000);
        assertThat(state()).isEqualTo(reference.state());
      }
      return steps;
    }

    private void step(int number, boolean crashing) throws Exception {
      int choice = random.nextInt(100);
      if (choice < 50) {
        command();
      } else if (choice < 72) {
        image();
      } else if (choice < 78) {
        time();
      } else if (choice < 86) {
        endTraining();
      } else if (choice < 92) {
        endImport();
      } else if (choice < 95) {
        history.add("checkpoint");
        product.checkpoint(number + 1);
      } else if (crashing) {
        history.add("crash");
        product.crash();
        crashes++;
      }
    }

    private void time() throws Exception {
      long step =
          random.nextInt(12) == 0
              ? 8L * 3_600_000 + random.nextInt(3) - 1
              : STEPS[random.nextInt(STEPS.length)];
      now += step;
      history.add("time " + step);
      product.letTimePass(step);
    }

    private void command() throws Exception {
      Request request =
          !sent.isEmpty() && random.nextInt(5) == 0
              ? sent.get(random.nextInt(sent.size()))
              : request();
      sent.add(request);
      if (random.nextInt(3) == 0) {
        now += 300;
        product.letTimePass(300);
      }
      String expected = reference.send(request, now);
      String answer = text(product.send(body(request)));
      history.add(request + " -> " + answer);
      assertThat(answer).as("%s after %s", request, sent.size()).isEqualTo(expected);
      String outcome =
          answer.startsWith("refused ")
              ? answer.split(" ")[1].replace("Exception", "")
              : answer.split(" ")[0];
      coverage
          .computeIfAbsent(request.operation(), o -> new TreeMap<>())
          .merge(outcome, 1, Integer::sum);
    }

    private Request request() {
      String operation = OPERATIONS.get(random.nextInt(OPERATIONS.size()));
      // Projects must be there for anything else to happen.
      if (random.nextInt(8) == 0) {
        operation = "CreateProject";
      }
      Map<String, String> tags = new TreeMap<>();
      for (int i = random.nextInt(3); i > 0; i--) {
        tags.put("key-" + random.nextInt(3), "value-" + random.nextInt(3));
      }
      boolean tagging = operation.endsWith("agResource");
      return new Request(
          operation,
          PROJECTS.get(random.nextInt(PROJECTS.size())),
          tagging || random.nextInt(3) == 0 ? null : "token-" + random.nextInt(4),
          operation.contains("Dataset") ? TYPES.get(random.nextInt(TYPES.size())) : "-",
          operation.equals("CreateDataset") && random.nextBoolean(),
          operation.equals("DeleteModel") || tagging
              ? Integer.toString(1 + random.nextInt(3))
              : "-",
          operation.equals("CreateModel") || tagging ? tags : Map.of(),
          operation.equals("CreateModel") ? "d" + random.nextInt(2) : "-");
    }

    private void image() throws Exception {
      String project = PROJECTS.get(random.nextInt(PROJECTS.size()));
      String type = TYPES.get(random.nextInt(TYPES.size()));
      String sourceRef = type + "-" + random.nextInt(6);
      DatasetType dataset = DatasetType.valueOf(type.toUpperCase(Locale.ROOT));
      if (random.nextInt(6) == 0) {
        history.add("withdraw " + project + " " + sourceRef);
        reference.withdraw(project, sourceRef);
        product.image(project, sourceRef, dataset, null);
        return;
      }
      Label label = Label.values()[random.nextInt(Label.values().length)];
      history.add("image " + project + " " + sourceRef + " " + label);
      reference.image(project, sourceRef, type, label.name());
      product.image(project, sourceRef, dataset, label);
    }

    private void endTraining() throws Exception {
      if (product.trainings.isEmpty()) {
        return;
      }
      TrainingOrder set = product.trainings.remove(random.nextInt(product.trainings.size()));
      ModelMetadata model = set.model();
      for (TrainingImage line : set.images()) {
        Split before =
            splits.putIfAbsent(model.getProjectName() + "/" + line.sourceRef(), line.split());
        assertThat(line.split()).as("side of %s", line.sourceRef()).isIn(before, line.split());
        assertThat(before == null || before == line.split()).isTrue();
      }
      history.add("trained " + model.getModelArn());
      reference.trained(model.getProjectName(), model.getModelVersion(), true);
      product.end(
          TrainingOutcome.newBuilder()
              .setAccount(ProductUnderTest.ACCOUNT)
              .setProjectName(model.getProjectName())
              .setModelVersion(model.getModelVersion())
              .setModelArn(model.getModelArn())
              .setCutId(set.cutId())
              .setEndedAt(Instant.ofEpochMilli(now))
              .setOutcome(new TrainingFailed("REASON", "A sentence."))
              .build());
    }

    private void endImport() throws Exception {
      if (product.imports.isEmpty()) {
        return;
      }
      ImportRequest request = product.imports.remove(random.nextInt(product.imports.size()));
      String type = request.dataset().name().toLowerCase(Locale.ROOT);
      boolean refused = random.nextInt(3) == 0;
      if (!refused) {
        String sourceRef = type + "-" + random.nextInt(6);
        reference.image(request.project(), sourceRef, type, Label.NORMAL.name());
        product.image(request.project(), sourceRef, request.dataset(), Label.NORMAL);
      }
      history.add("imported " + request + (refused ? " refused" : ""));
      reference.imported(request.project(), type, refused);
      product.end(
          DatasetOutcome.newBuilder()
              .setAccount(ProductUnderTest.ACCOUNT)
              .setProjectName(request.project())
              .setDatasetType(request.dataset())
              .setCutId(request.cutId())
              .setKind(refused ? DatasetOutcomeKind.IMPORT_REFUSED : DatasetOutcomeKind.IMPORTED)
              .setMessage(refused ? "A sentence." : "")
              .setEndedAt(Instant.ofEpochMilli(now))
              .build());
    }

    private List<String> state() {
      List<String> lines = new ArrayList<>();
      for (SpecificRecord record : product.latest.values()) {
        if (record instanceof ProjectDescription project) {
          lines.add("project " + project.getProjectName());
        } else if (record instanceof ModelMetadata model) {
          Map<String, String> tags = new TreeMap<>();
          model.getTags().forEach(tag -> tags.put(tag.getKey(), tag.getValue()));
          lines.add(
              "model "
                  + model.getProjectName()
                  + "/"
                  + model.getModelVersion()
                  + " "
                  + model.getStatus()
                  + " "
                  + tags);
        } else if (record instanceof DatasetDescription dataset) {
          DatasetImageStats stats = dataset.getImageStats();
          lines.add(
              "dataset "
                  + dataset.getProjectName()
                  + "/"
                  + dataset.getDatasetType().name().toLowerCase(Locale.ROOT)
                  + " "
                  + dataset.getStatus()
                  + " "
                  + stats.getNormal()
                  + " "
                  + stats.getAnomaly()
                  + " "
                  + (stats.getTotal() - stats.getLabeled()));
        }
      }
      lines.sort(null);
      return lines;
    }
  }

  private static Object body(Request request) {
    DatasetType type =
        request.type().equals("-")
            ? DatasetType.TRAIN
            : DatasetType.valueOf(request.type().toUpperCase(Locale.ROOT));
    S3Object manifest = new S3Object("factory", "m.manifest", null);
    List<Tag> tags = new ArrayList<>();
    request.tags().forEach((key, value) -> tags.add(new Tag(key, value)));
    Collections.reverse(tags);
    String arn =
        "arn:aws:lookoutvision:us-east-1:"
            + ProductUnderTest.ACCOUNT
            + ":model/"
            + request.project()
            + "/"
            + request.version();
    return switch (request.operation()) {
      case "CreateProject" -> new CreateProject(request.project(), request.token());
      case "DeleteProject" -> new DeleteProject(request.project(), request.token());
      case "CreateDataset" ->
          new CreateDataset(
              request.project(), type, request.manifest() ? manifest : null, request.token());
      case "UpdateDatasetEntries" ->
          new UpdateDatasetEntries(request.project(), type, manifest, request.token());
      case "DeleteDataset" -> new DeleteDataset(request.project(), type, request.token());
      case "CreateModel" ->
          CreateModel.newBuilder()
              .setProjectName(request.project())
              .setDescription(request.description())
              .setClientToken(request.token())
              .setOutputConfig(new OutputConfig(new S3Location("models", "")))
              .setTags(tags)
              .build();
      case "DeleteModel" -> new DeleteModel(request.project(), request.version(), request.token());
      case "TagResource" -> new TagResource(arn, tags);
      case "UntagResource" -> new UntagResource(arn, List.copyOf(request.tags().keySet()));
      default -> throw new IllegalArgumentException(request.operation());
    };
  }

  private static String text(CommandReply reply) {
    ServiceException error = reply.getError();
    if (error != null) {
      return "refused "
          + error.getCode()
          + " "
          + error.getResourceType()
          + " "
          + brief(error.getResourceId());
    }
    Object answer = reply.getAnswer();
    String said;
    if (answer instanceof ProjectMetadata project) {
      said = brief(project.getProjectArn());
    } else if (answer instanceof DatasetMetadata dataset) {
      said = dataset.getStatus().name();
    } else if (answer instanceof ModelMetadata model) {
      said = brief(model.getModelArn()) + " " + model.getStatus();
    } else {
      said = brief(((ResourceArn) answer).getArn());
    }
    return (reply.getReplayed() ? "replayed ok " : "ok ") + said;
  }

  private static @Nullable String brief(@Nullable String arn) {
    return arn == null
        ? null
        : arn.replace("arn:aws:lookoutvision:us-east-1:" + ProductUnderTest.ACCOUNT + ":", "arn:");
  }
}
