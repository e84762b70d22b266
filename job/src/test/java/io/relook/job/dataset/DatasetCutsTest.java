package io.relook.job.dataset;

import static io.relook.job.dataset.DatasetFixtures.ACCOUNT;
import static io.relook.job.dataset.DatasetFixtures.ALL_IMAGES;
import static io.relook.job.dataset.DatasetFixtures.KEY;
import static io.relook.job.dataset.DatasetFixtures.NOON;
import static io.relook.job.dataset.DatasetFixtures.PROJECT;
import static io.relook.job.dataset.DatasetFixtures.aCreateModel;
import static io.relook.job.dataset.DatasetFixtures.aModel;
import static io.relook.job.dataset.DatasetFixtures.aPicture;
import static io.relook.job.dataset.DatasetFixtures.labelled;
import static io.relook.job.dataset.DatasetFixtures.relabelled;
import static io.relook.job.dataset.DatasetFixtures.sent;
import static io.relook.job.dataset.DatasetFixtures.settings;
import static io.relook.job.dataset.DatasetFixtures.standing;
import static io.relook.job.dataset.DatasetFixtures.withdrawn;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.contract.Contract;
import io.relook.job.domain.Annotation;
import io.relook.job.domain.BucketLayout;
import io.relook.job.domain.FeatureKeys;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.ImportRequest;
import io.relook.job.domain.ImportedLine;
import io.relook.job.domain.ParentModel;
import io.relook.job.domain.RejectionCode;
import io.relook.job.domain.Split;
import io.relook.job.domain.StoredPicture;
import io.relook.job.kafka.KafkaRecord;
import io.relook.wire.CreateDataset;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetDescription;
import io.relook.wire.DatasetImageStats;
import io.relook.wire.DatasetOutcome;
import io.relook.wire.DatasetOutcomeKind;
import io.relook.wire.DatasetStatus;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteDataset;
import io.relook.wire.DeleteModel;
import io.relook.wire.DeleteProject;
import io.relook.wire.ImportCounts;
import io.relook.wire.Label;
import io.relook.wire.ModelMetadata;
import io.relook.wire.OutputConfig;
import io.relook.wire.Provenance;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import io.relook.wire.UpdateDatasetEntries;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetCutsTest {
  private static final S3Object MANIFEST = new S3Object("factory", "train.manifest", "v1");
  private static final String TRAIN_ARN =
      "arn:aws:lookoutvision:us-east-1:" + ACCOUNT + ":dataset/" + PROJECT + "/train";

  private final InMemoryDatasetState state = new InMemoryDatasetState();
  private final DatasetSettings settings = settings(ALL_IMAGES, true);
  private final Dataset dataset = new Dataset(settings);
  private final DatasetCuts cuts = new DatasetCuts(settings);
  private int place;

  @Test
  void createDatasetWithoutAManifestMakesAnEmptyOne() {
    DatasetDescription description = described(cut(create(null)));

    assertThat(description.getStatus()).isEqualTo(DatasetStatus.CREATE_COMPLETE);
    assertThat(description.getStatusMessage()).isEqualTo("The dataset was created successfully.");
    assertThat(description.getImageStats()).isEqualTo(new DatasetImageStats(0, 0, 0, 0));
    assertThat(description.getDatasetArn()).isEqualTo(TRAIN_ARN);
    assertThat(cuts.begun(state, ACCOUNT, PROJECT)).isEmpty();
  }

  @Test
  void createDatasetAdoptsWhatImagesBegan() {
    send("a", labelled(Label.NORMAL));
    DatasetDescription description = described(cut(create(null)));

    assertThat(description.getImageStats()).isEqualTo(new DatasetImageStats(1, 1, 1, 0));
    assertThat(description.getCreationTimestamp()).isEqualTo(NOON.plusSeconds(1));
  }

  @Test
  @Contract({"STATUS-DATASET", "DATASET-STATS"})
  void anImportGoesFromInProgressToCompleteWithTheStatsOfWhatWasImported() {
    List<DatasetEffect> effects = cut(create(MANIFEST));
    assertThat(described(effects).getStatus()).isEqualTo(DatasetStatus.CREATE_IN_PROGRESS);
    assertThat(effects)
        .contains(
            new DatasetEffect.Imports(
                new ImportRequest(
                    ACCOUNT,
                    PROJECT,
                    DatasetType.TRAIN,
                    "relook.commands-0-1",
                    "CreateDataset",
                    null,
                    MANIFEST,
                    null)));
    send("s3://factory/a.png", labelled(Label.NORMAL));
    send("s3://factory/b.png", labelled(Label.ANOMALY));
    send("s3://factory/c.png", labelled(Label.NONE));
    DatasetDescription description = described(end(null));

    assertThat(description.getStatus()).isEqualTo(DatasetStatus.CREATE_COMPLETE);
    assertThat(description.getImageStats()).isEqualTo(new DatasetImageStats(3, 2, 1, 1));

    effects = cut(new UpdateDatasetEntries(PROJECT, DatasetType.TRAIN, MANIFEST, null));
    assertThat(described(effects).getStatus()).isEqualTo(DatasetStatus.UPDATE_IN_PROGRESS);
    assertThat(
            effects.stream()
                .filter(DatasetEffect.Imports.class::isInstance)
                .map(e -> ((DatasetEffect.Imports) e).request().imageBucket()))
        .containsExactly("factory");
    description = described(end(null));
    assertThat(description.getStatus()).isEqualTo(DatasetStatus.UPDATE_COMPLETE);
    assertThat(description.getStatusMessage()).startsWith("The dataset was updated successfully. ");
  }

  @Test
  void anImportEndsWithWhatBecameOfItsLines() {
    cut(create(MANIFEST));
    dataset.apply(
        state,
        sent(at(), "s3://factory/a.png", imported(Label.NORMAL, null), aPicture("picture a")));
    dataset.apply(
        state, sent(at(), "s3://factory/b.png", imported(Label.NONE, null), aPicture("picture b")));
    dataset.apply(
        state, sent(at(), "from another sender", labelled(Label.NORMAL), aPicture("picture c")));
    for (int i = 0; i < 4; i++) {
      ImageChange rejected =
          relabelled(at(), "s3://factory/" + i + "/", imported(Label.NORMAL, "It is empty."));
      assertThat(dataset.apply(state, rejected)).isEmpty();
    }
    DatasetDescription description =
        described(end(null, 7, "1 line is unlabelled because it has no label."));

    assertThat(description.getLastImport()).isEqualTo(new ImportCounts(7, 2, 1, 5));
    assertThat(description.getStatusMessage())
        .isEqualTo(
            "The dataset was created successfully. 7 lines: 2 taken, 1 of them unlabelled, 5"
                + " rejected. 1 line is unlabelled because it has no label. Rejected, among others:"
                + " (1) s3://factory/0/: It is empty. (2) s3://factory/1/: It is empty. (3)"
                + " s3://factory/2/: It is empty. All of them: 'relook rejections list --project"
                + " bolts'.");
    assertThat(description.getImageStats().getTotal()).isEqualTo(3);
    assertThat(state.tallies).as("forgotten with the end of the import").isEmpty();
    assertThat(state.entry("s3://factory/a.png").orElseThrow().annotation().importedLine())
        .as("not kept for each image")
        .isNull();
    assertThat(described(cuts.described(state, ACCOUNT, PROJECT)).getLastImport())
        .as("as long as nothing else changes the data set")
        .isEqualTo(new ImportCounts(7, 2, 1, 5));
    send("later", labelled(Label.NORMAL));
    assertThat(described(cuts.described(state, ACCOUNT, PROJECT)).getLastImport()).isNull();
  }

  /** Every line of an import is counted once, whatever becomes of it. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void takenAndRejectedAreAllLines(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    cut(create(MANIFEST));
    int lines = random.nextInt(1, 150);
    int taken = 0;
    int unlabelled = 0;
    for (int i = 0; i < lines; i++) {
      String ref = "s3://factory/" + i;
      switch (random.nextInt(5)) {
        case 0 -> dataset.apply(state, relabelled(at(), ref, imported(Label.NORMAL, "Lost.")));
        case 1 -> dataset.apply(state, relabelled(at(), ref, imported(Label.NORMAL, null)));
        case 2 -> { // Quarantined before the data set: nothing of it comes here.
        }
        default -> {
          Label label = Label.values()[random.nextInt(3)];
          dataset.apply(state, sent(at(), ref, imported(label, null), aPicture("picture " + i)));
          taken++;
          unlabelled += label == Label.NONE ? 1 : 0;
        }
      }
      dataset.apply(state, sent(at(), "sent-" + i, labelled(Label.NONE), aPicture("sent " + i)));
    }
    ImportCounts counts = described(end(null, lines, "")).getLastImport();

    assertThat(counts).isEqualTo(new ImportCounts(lines, taken, unlabelled, lines - taken));
  }

  private static Annotation imported(Label label, @Nullable String rejection) {
    return new Annotation(
        label,
        null,
        DatasetType.TRAIN,
        "anomaly-label",
        true,
        null,
        null,
        new ImportedLine("relook.commands-0-1", rejection));
  }

  @Test
  void afterAChangeOfBackboneImagesReferToItsFeaturesAndTheOldOnesLeave() {
    DatasetSettings few = settings(ALL_IMAGES, false);
    DatasetCuts changed = new DatasetCuts(few, Optional.of(new FeatureKeys("new-4096")));
    send("a", labelled(Label.NORMAL));
    send("b", labelled(Label.NORMAL));
    send("unlabelled", labelled(Label.NONE));
    String digest = state.entry("a").orElseThrow().picture().digest();

    CutMarker cut =
        Objects.requireNonNull(DatasetFixtures.cut(PROJECT, standing(0, 100, NOON), 100, 1).cut());
    List<DatasetEffect> effects = changed.apply(state, cut);

    DatasetEffect.Trains trains = (DatasetEffect.Trains) effects.get(0);
    String now = "features/" + ACCOUNT + "/" + PROJECT + "/new-4096/";
    assertThat(trains.order().images())
        .hasSize(2)
        .allMatch(line -> line.picture().featuresKey().equals(now + line.picture().digest()));
    assertThat(state.entry("a").orElseThrow().picture().featuresKey()).isEqualTo(now + digest);
    assertThat(state.entry("unlabelled").orElseThrow().picture().featuresKey())
        .doesNotStartWith(now);
    assertThat(state.left).containsKey("features/" + digest);

    state.left.clear();
    List<DatasetEffect> again = changed.apply(state, cut);
    assertThat(((DatasetEffect.Trains) again.get(0)).order().images())
        .isEqualTo(trains.order().images());
    assertThat(state.left).isEmpty();
  }

  @Test
  @Contract("STATUS-DATASET-FAILED")
  void aRefusedManifestIsSaidWithItsSentence() {
    cut(create(MANIFEST));
    DatasetDescription failed = described(end("Line 3 is not JSON."));
    assertThat(failed.getStatus()).isEqualTo(DatasetStatus.CREATE_FAILED);
    assertThat(failed.getStatusMessage()).isEqualTo("Line 3 is not JSON.");
    cut(new DeleteDataset(PROJECT, DatasetType.TRAIN, null));
    cut(create(null));
    cut(new UpdateDatasetEntries(PROJECT, DatasetType.TRAIN, MANIFEST, null));

    DatasetDescription rolledBack = described(end("Line 3 is not JSON."));
    assertThat(rolledBack.getStatus()).isEqualTo(DatasetStatus.UPDATE_FAILED_ROLLBACK_COMPLETE);
    // Images go on arriving.
    send("a", labelled(Label.NORMAL));
    assertThat(state.counts(DatasetType.TRAIN).orElseThrow().life().status())
        .isEqualTo(DatasetStatus.UPDATE_COMPLETE);
  }

  @Test
  @Contract("DATASET-DELETE")
  void deleteDatasetForgetsItsImagesAndNoOthers() {
    send("a", labelled(Label.NORMAL));
    send("t", labelled(Label.NORMAL, DatasetType.TEST));
    List<DatasetEffect> effects = cut(new DeleteDataset(PROJECT, DatasetType.TRAIN, null));

    assertThat(described(effects).getStatus()).isEqualTo(DatasetStatus.DELETE_COMPLETE);
    assertThat(effects).endsWith(new DatasetEffect.Gone(TRAIN_ARN));
    assertThat(state.entries.keySet()).containsExactly("t");
    assertThat(state.counts.keySet()).containsExactly(DatasetType.TEST);
    assertThat(state.left)
        .containsKeys("pictures/" + KEY + "/of a", "features/of a", "summaries/of a-v1");
  }

  @Test
  void imagesAfterADeletionBeginADatasetAndSayAfterWhich() {
    send("a", labelled(Label.NORMAL));
    cut(new DeleteDataset(PROJECT, DatasetType.TRAIN, null));
    send("b", labelled(Label.NORMAL));

    assertThat(cuts.begun(state, ACCOUNT, PROJECT))
        .singleElement()
        .isInstanceOfSatisfying(
            DatasetEffect.Began.class,
            began -> {
              assertThat(began.outcome().getKind()).isEqualTo(DatasetOutcomeKind.BEGAN);
              assertThat(began.outcome().getLastDeletion()).isEqualTo("relook.commands-0-1");
            });
    assertThat(cuts.begun(state, ACCOUNT, PROJECT)).isEmpty();
  }

  @Test
  void deleteProjectForgetsEverything() {
    send("a", labelled(Label.NORMAL));
    send("t", labelled(Label.NORMAL, DatasetType.TEST));
    state.splits.put("of a", Split.TRAIN);
    cut(new DeleteProject(PROJECT, null));

    assertThat(state.entries).isEmpty();
    assertThat(state.counts).isEmpty();
    assertThat(state.splits).isEmpty();
    assertThat(state.deletions).hasSize(2);
  }

  @Test
  void aTrainingGetsTheParentThatItsMarkerNames() {
    for (int i = 0; i < 30; i++) {
      send("n" + i, labelled(Label.NORMAL));
      send("a" + i, labelled(Label.ANOMALY));
    }

    List<DatasetEffect> effects =
        cuts.apply(
            state,
            marker(aCreateModel(PROJECT))
                .setModel(aModel(PROJECT, 3))
                .setParentModelVersion("2")
                .setParentModelDigest("beef")
                .build());

    assertThat(effects)
        .singleElement()
        .isInstanceOfSatisfying(
            DatasetEffect.Trains.class,
            trains -> assertThat(trains.order().parent()).isEqualTo(new ParentModel("2", "beef")));
  }

  private static final String DIGEST = "beef".repeat(16);

  private static final Provenance PROVENANCE =
      Provenance.newBuilder()
          .setTrainingManifestDigest("aa")
          .setModelFileDigest(DIGEST)
          .setBackboneName("lite0")
          .setBackboneDigest("cc")
          .setInputArea(65536)
          .setSeed(42)
          .setExecutionProvider("cpu")
          .setRegime("STACKED")
          .setThreshold(0.5)
          .setTrainingImages(20)
          .setTestImages(20)
          .setTrainingMillis(1000)
          .setRelookVersion("0.1.0")
          .setRuntime("17")
          .build();

  @Test
  @Contract("MODEL-DELETE-FILES")
  void deleteModelRemovesOurFilesAndKeepsTheEvaluation() {
    ModelMetadata model =
        ModelMetadata.newBuilder(aModel(PROJECT, 1)).setProvenance(PROVENANCE).build();
    cuts.apply(state, marker(aCreateModel(PROJECT)).setModel(aModel(PROJECT, 1)).build());

    assertThat(removedBy(model))
        .containsExactly(
            new S3Object("relook", "trainings/" + KEY + "/1/", null),
            new S3Object("models", "Model-bolts-1.onnx", null),
            new S3Object("models", "TrainingManifest-bolts-1.json", null),
            new S3Object("models", "Report-bolts-1.html", null));
    assertThat(state.outputs).as("remembered no longer").isEmpty();
  }

  @Test
  void deleteModelRemovesNothingThatAMessageNames() {
    ModelMetadata forged =
        ModelMetadata.newBuilder(aModel("nuts", 7))
            .setOutputConfig(new OutputConfig(new S3Location("theirs", "secret/")))
            .setModelFile(new S3Object("theirs", "ledger.db", null))
            .setTrainingManifest(new S3Object("relook", "pictures/other/x", null))
            .setReport(new S3Object("theirs", "report.pdf", null))
            .setProvenance(Provenance.newBuilder(PROVENANCE).setModelFileDigest("../../x").build())
            .build();
    cuts.apply(state, marker(aCreateModel(PROJECT)).setModel(aModel(PROJECT, 1)).build());

    assertThat(removedBy(forged))
        .as("no digest, so it was not published; what its training left goes")
        .containsExactly(new S3Object("relook", "trainings/" + KEY + "/1/", null));
    cuts.apply(state, marker(aCreateModel(PROJECT)).setModel(aModel(PROJECT, 1)).build());
    forged.getProvenance().setModelFileDigest(DIGEST);
    assertThat(removedBy(forged))
        .extracting(S3Object::toString)
        .noneMatch(text -> text.contains("theirs") || text.contains("pictures/"))
        .noneMatch(text -> text.contains("nuts") || text.contains("-7"));
  }

  @Test
  void theFilesOfAModelFromBeforeOutputsWereRememberedAreWhereTheRegistrySays() {
    ModelMetadata model =
        ModelMetadata.newBuilder(aModel(PROJECT, 1))
            .setOutputConfig(new OutputConfig(new S3Location("older", "p/")))
            .setProvenance(PROVENANCE)
            .build();

    assertThat(removedBy(model)).contains(new S3Object("older", "p/Model-bolts-1.onnx", null));
  }

  /** What a failed training or publication left is nowhere but below its prefix. */
  @Test
  void deleteModelOfAFailedTrainingRemovesWhatItLeft() {
    assertThat(removedBy(aModel(PROJECT, 1)))
        .containsExactly(new S3Object("relook", BucketLayout.trainingsOf(KEY, "1"), null));
  }

  private List<S3Object> removedBy(ModelMetadata model) {
    return cuts
        .apply(state, marker(new DeleteModel(PROJECT, "1", null)).setModel(model).build())
        .stream()
        .flatMap(effect -> ((DatasetEffect.Removes) effect).removal().objects().stream())
        .toList();
  }

  @Test
  @Contract("ERASURE")
  void whatNothingRefersToLeavesAndWhatIsReplacedTooButNothingThatIsTheirs() {
    send("a", labelled(Label.NORMAL));
    dataset.apply(
        state,
        sent(
            at(),
            "theirs",
            labelled(Label.NORMAL),
            new StoredPicture("x", "factory", "pictures/x.png", 64, 64, "features/x")));
    dataset.apply(
        state,
        sent(
            at(),
            "another project's",
            labelled(Label.NORMAL),
            new StoredPicture(
                "y", "relook", "pictures/" + ACCOUNT + "/nuts/y", 64, 64, "features/y")));
    dataset.apply(state, sent(at(), "a", labelled(Label.NORMAL), aPicture("new")));
    assertThat(state.left.keySet())
        .containsExactlyInAnyOrder(
            "pictures/" + KEY + "/of a", "features/of a", "summaries/of a-v1");
    state.left.clear();
    dataset.apply(state, withdrawn(at(), "theirs"));
    dataset.apply(state, withdrawn(at(), "another project's"));

    assertThat(state.left.keySet())
        .containsExactlyInAnyOrder("features/x", "summaries/x-v1", "features/y", "summaries/y-v1");
  }

  @Test
  @Contract("QUOTA-DEFECT-CLASSES")
  void aDefectClassTooManyIsRefused() {
    for (int i = 0; i < 100; i++) {
      assertThat(send("a" + i, DatasetFixtures.aDefect("class-" + i))).isNull();
    }
    assertThat(send("again", DatasetFixtures.aDefect("class-7"))).isNull();

    assertThat(send("more", DatasetFixtures.aDefect("class-100")))
        .isEqualTo(RejectionCode.TOO_MANY_DEFECT_CLASSES);
  }

  private @Nullable RejectionCode send(String sourceRef, Annotation annotation) {
    return dataset
        .apply(state, sent(at(), sourceRef, annotation, aPicture("of " + sourceRef)))
        .map(reason -> reason.code())
        .orElse(null);
  }

  private KafkaRecord at() {
    return standing(0, place++, NOON);
  }

  private List<DatasetEffect> cut(Object command) {
    return cuts.apply(state, marker(command).build());
  }

  private List<DatasetEffect> end(@Nullable String reason) {
    return end(reason, 0, reason == null ? "" : reason);
  }

  private List<DatasetEffect> end(@Nullable String reason, int lines, String message) {
    return cuts.apply(
        state,
        marker(create(null))
            .setDatasetOutcome(
                DatasetOutcome.newBuilder()
                    .setAccount(ACCOUNT)
                    .setProjectName(PROJECT)
                    .setDatasetType(DatasetType.TRAIN)
                    .setCutId("relook.commands-0-1")
                    .setKind(
                        reason == null
                            ? DatasetOutcomeKind.IMPORTED
                            : DatasetOutcomeKind.IMPORT_REFUSED)
                    .setMessage(message)
                    .setLines(lines)
                    .setEndedAt(NOON)
                    .build())
            .build());
  }

  private static CreateDataset create(@Nullable S3Object manifest) {
    return new CreateDataset(PROJECT, DatasetType.TRAIN, manifest, null);
  }

  private static CutMarker.Builder marker(Object command) {
    return CutMarker.newBuilder()
        .setAccount(ACCOUNT)
        .setProject(PROJECT)
        .setCutId("relook.commands-0-1")
        .setPartition(0)
        .setPartitions(1)
        .setAdmittedAt(NOON.plusSeconds(1))
        .setCommand(command);
  }

  private static DatasetDescription described(List<DatasetEffect> effects) {
    return effects.stream()
        .filter(DatasetEffect.Described.class::isInstance)
        .map(effect -> ((DatasetEffect.Described) effect).description())
        .findFirst()
        .orElseThrow();
  }
}
