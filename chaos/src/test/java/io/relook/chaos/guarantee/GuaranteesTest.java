package io.relook.chaos.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.chaos.guarantee.Observation.Acknowledged;
import io.relook.chaos.guarantee.Observation.Compacted;
import io.relook.chaos.guarantee.Observation.Files;
import io.relook.chaos.guarantee.Observation.Manifest;
import io.relook.chaos.guarantee.Observation.ManifestLine;
import io.relook.chaos.guarantee.Observation.Open;
import io.relook.chaos.guarantee.Observation.Read;
import io.relook.schemas.Sha256;
import io.relook.schemas.Topic;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateModel;
import io.relook.wire.CutMarker;
import io.relook.wire.DeleteModel;
import io.relook.wire.ExceptionCode;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.OutputConfig;
import io.relook.wire.Provenance;
import io.relook.wire.Rejection;
import io.relook.wire.ResourceArn;
import io.relook.wire.S3Location;
import io.relook.wire.ServiceException;
import io.relook.wire.Tag;
import io.relook.wire.TagResource;
import io.relook.wire.TrainingFailed;
import io.relook.wire.TrainingOutcome;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

/** Each guarantee holds in a good history and is broken by a bad one, for the right reason. */
class GuaranteesTest {
  private static final String ACCOUNT = "000000000000";
  private static final String ARN = "arn:aws:lookoutvision:us-east-1:000000000000:model/p/";

  // --- commands ----------------------------------------------------------------------------------

  @Test
  void aCommandIsAnsweredOnce() {
    assertThat(broken(new CommandsAnsweredOnce(), command(0, create("t")), answered(0, "1")))
        .isEmpty();
    assertThat(broken(new CommandsAnsweredOnce(), command(0, create("t"))))
        .containsExactly("The command commands-0-0 has 0 replies and 0 rejections.");
    assertThat(
            broken(
                new CommandsAnsweredOnce(),
                command(0, create("t")),
                answered(0, "1"),
                answered(0, "1")))
        .containsExactly("The command commands-0-0 has 2 replies and 0 rejections.");
    assertThat(broken(new CommandsAnsweredOnce(), new Acknowledged(Topic.COMMANDS, 0, 7)))
        .containsExactly("The command commands-0-7 was acknowledged and is not in the log.");
    assertThat(broken(new CommandsAnsweredOnce(), answered(3, "1")))
        .containsExactly("A reply answers the command commands-0-3, which is not in the log.");
    assertThat(
            broken(
                new CommandsAnsweredOnce(),
                command(0, create("t")),
                read(Topic.REPLIES, 0, reply(0, "another", false).setAnswer(model("1")).build())))
        .singleElement()
        .asString()
        .contains("is answered as another");
  }

  @Test
  void aMessageThatIsNotACommandIsRejectedOnce() {
    Read garbage = new Read(Topic.COMMANDS, 0, 0, "k", Optional.empty(), false);
    assertThat(broken(new CommandsAnsweredOnce(), garbage, rejected(Topic.COMMANDS, 0, 0)))
        .isEmpty();
    assertThat(broken(new CommandsAnsweredOnce(), garbage)).hasSize(1);
  }

  @Test
  void aCommandThatRelookFailsOnIsRejectedAndAnswered() {
    Observation command = command(0, create("t"));
    Observation poison = rejected(Topic.COMMANDS, 0, 0, "POISON");
    Observation fault = refused(0, ExceptionCode.InternalServerException);
    assertThat(broken(new CommandsAnsweredOnce(), command, poison, fault)).isEmpty();
    assertThat(broken(new CommandsAnsweredOnce(), command, poison, fault, fault)).hasSize(1);
    assertThat(broken(new CommandsAnsweredOnce(), command, poison, answered(0, "1"))).hasSize(1);
    assertThat(broken(new CommandsAnsweredOnce(), command, rejected(Topic.COMMANDS, 0, 0), fault))
        .hasSize(1);
  }

  @Test
  void aTokenStartsOneTraining() {
    Observation first = command(0, create("t"));
    assertThat(
            broken(
                new OneTrainingPerToken(),
                first,
                answered(0, "1"),
                command(1, create("t")),
                replayed(1, "1"),
                command(2, CreateModel.newBuilder(create("t")).setDescription("other").build()),
                refused(2, ExceptionCode.ConflictException),
                command(3, create("u")),
                refused(3, ExceptionCode.ServiceQuotaExceededException),
                command(4, create("u")),
                answered(4, "2")))
        .isEmpty();
    assertThat(
            broken(
                new OneTrainingPerToken(),
                first,
                answered(0, "1"),
                command(1, create("t")),
                answered(1, "2")))
        .as("the same token got another model")
        .hasSize(1);
    assertThat(
            broken(
                new OneTrainingPerToken(),
                first,
                answered(0, "1"),
                command(1, create("t")),
                answered(1, "1")))
        .as("the repeat was not known as one")
        .hasSize(1);
    assertThat(
            broken(
                new OneTrainingPerToken(),
                first,
                answered(0, "1"),
                command(2, CreateModel.newBuilder(create("t")).setDescription("other").build()),
                answered(2, "2")))
        .as("other parameters were taken")
        .hasSize(1);
    assertThat(
            broken(
                new OneTrainingPerToken(),
                first,
                answered(0, "1"),
                command(1, create("u")),
                answered(1, "1")))
        .as("two tokens share a training")
        .hasSize(1);
  }

  @Test
  void versionsCountUp() {
    assertThat(broken(new VersionsWithoutGaps(), answered(0, "1"), answered(5, "2"))).isEmpty();
    assertThat(broken(new VersionsWithoutGaps(), answered(0, "1"), answered(5, "3"))).hasSize(1);
    assertThat(broken(new VersionsWithoutGaps(), answered(0, "1"), answered(5, "1"))).hasSize(1);
    assertThat(broken(new VersionsWithoutGaps(), answered(0, "1"), replayed(5, "1"))).isEmpty();
  }

  // --- trainings ---------------------------------------------------------------------------------

  @Test
  void aTrainingEndsOnce() {
    List<Observation> good =
        List.of(
            command(0, create("t")),
            answered(0, "1"),
            event("1", ModelStatus.TRAINING),
            outcome("1"),
            event("1", ModelStatus.TRAINED));
    assertThat(broken(new TrainedOnce(), good)).isEmpty();
    assertThat(broken(new TrainedOnce(), and(good, event("1", ModelStatus.TRAINED))))
        .as("two TRAINED")
        .hasSize(1);
    assertThat(broken(new TrainedOnce(), and(good, outcome("1")))).as("two ends").hasSize(1);
    assertThat(broken(new TrainedOnce(), good.subList(0, 3))).as("no end").hasSize(2);
    assertThat(broken(new TrainedOnce(), and(good, event("2", ModelStatus.TRAINING))))
        .as("events of a model that nobody asked for")
        .hasSize(1);
    assertThat(broken(new TrainedOnce(), and(good, outcome("9"))))
        .as("an end of a training that nobody asked for")
        .hasSize(1);
    assertThat(
            broken(
                new TrainedOnce(),
                command(0, create("t")),
                answered(0, "1"),
                outcome("1"),
                event("1", ModelStatus.TRAINED),
                event("1", ModelStatus.TRAINING)))
        .as("the end before the beginning")
        .hasSize(1);
  }

  @Test
  void tagsAndDeletionsAccountForTheirEvents() {
    List<Observation> good =
        List.of(
            command(0, create("t")),
            answered(0, "1"),
            event("1", ModelStatus.TRAINING),
            outcome("1"),
            event("1", ModelStatus.TRAINED),
            command(1, new TagResource(ARN + "1", List.of(new Tag("a", "b")))),
            done(1),
            event("1", ModelStatus.TRAINED),
            command(2, new DeleteModel("p", "1", null)),
            done(2),
            event("1", ModelStatus.DELETING),
            tombstone());
    assertThat(broken(new TrainedOnce(), good)).isEmpty();
    assertThat(broken(new TrainedOnce(), good.subList(0, 11))).as("no tombstone").hasSize(1);
    assertThat(broken(new TrainedOnce(), and(good, tombstone()))).as("two of them").hasSize(1);
  }

  @Test
  void filesAreThereWhenTrainedIsRead() {
    Observation trained = event("1", ModelStatus.TRAINED);
    assertThat(broken(new FilesBeforeTrained(), trained, new Files(ARN + "1", List.of())))
        .isEmpty();
    assertThat(broken(new FilesBeforeTrained(), trained, new Files(ARN + "1", List.of("gone"))))
        .containsExactly("When " + ARN + "1 was TRAINED: gone");
    assertThat(broken(new FilesBeforeTrained(), trained)).as("files were not checked").hasSize(1);
  }

  @Test
  void imagesStayInTheirSplit() {
    Manifest first = new Manifest(ARN + "1", List.of(line("a", "TRAIN", "d1")));
    assertThat(
            broken(
                new SplitsNeverMove(),
                first,
                new Manifest(
                    ARN + "2", List.of(line("a", "TRAIN", "d1"), line("a", "TEST", "d2")))))
        .isEmpty();
    assertThat(
            broken(
                new SplitsNeverMove(),
                first,
                new Manifest(ARN + "2", List.of(line("b", "TEST", "d1")))))
        .as("the same picture under another name")
        .hasSize(1);
  }

  // --- images ------------------------------------------------------------------------------------

  @Test
  void imagesBeforeTheMarkersAreTrainedOnExactly() {
    List<Observation> log =
        List.of(
            image(0, 0, "a", Label.NORMAL, "A"),
            image(1, 0, "b", Label.ANOMALY, "B"),
            image(0, 1, "c", Label.NONE, "C"),
            image(0, 2, "d", Label.NORMAL, "D"),
            label(0, 3, "a", Label.ANOMALY),
            withdrawal(0, 4, "d"),
            marker(0, 5),
            marker(1, 1),
            image(1, 2, "late", Label.NORMAL, "L"));
    ManifestLine a = new ManifestLine("a", "TRAIN", "anomaly", sha256("A"));
    ManifestLine b = new ManifestLine("b", "TRAIN", "anomaly", sha256("B"));
    assertThat(broken(new ImagesTakenOnce(), and(log, new Manifest(ARN + "1", List.of(a, b)))))
        .isEmpty();
    assertThat(broken(new ImagesTakenOnce(), and(log, new Manifest(ARN + "1", List.of(a)))))
        .as("one is lost")
        .hasSize(1);
    assertThat(broken(new ImagesTakenOnce(), and(log, new Manifest(ARN + "1", List.of(a, b, b)))))
        .as("one is doubled")
        .hasSize(1);
    ManifestLine late = new ManifestLine("late", "TRAIN", "normal", sha256("L"));
    assertThat(
            broken(new ImagesTakenOnce(), and(log, new Manifest(ARN + "1", List.of(a, b, late)))))
        .as("one came after the marker")
        .hasSize(1);
    ManifestLine old = new ManifestLine("a", "TRAIN", "normal", sha256("A"));
    assertThat(broken(new ImagesTakenOnce(), and(log, new Manifest(ARN + "1", List.of(old, b)))))
        .as("a label is lost")
        .hasSize(1);
    ManifestLine other = new ManifestLine("b", "TRAIN", "anomaly", sha256("X"));
    assertThat(broken(new ImagesTakenOnce(), and(log, new Manifest(ARN + "1", List.of(a, other)))))
        .as("other bytes")
        .hasSize(1);
    assertThat(broken(new ImagesTakenOnce(), and(log, new Manifest(ARN + "7", List.of(a, b)))))
        .as("trained without a marker")
        .hasSize(1);
  }

  @Test
  void aTrainingMayGoWithoutAsManyImagesAsItsEventSays() {
    List<Observation> log =
        List.of(
            image(0, 0, "a", Label.NORMAL, "A"),
            image(0, 1, "b", Label.NORMAL, "B"),
            marker(0, 2),
            marker(1, 0));
    Observation manifest =
        new Manifest(ARN + "1", List.of(new ManifestLine("a", "TRAIN", "normal", sha256("A"))));

    assertThat(broken(new ImagesTakenOnce(), and(log, leavingOut(1), manifest))).isEmpty();
    assertThat(broken(new ImagesTakenOnce(), and(log, leavingOut(2), manifest)))
        .as("it says two and goes without one")
        .hasSize(1);
    assertThat(broken(new ImagesTakenOnce(), and(log, manifest))).as("it says none").hasSize(1);
  }

  @Test
  void whatCannotBeTakenIsRejectedOnce() {
    List<Observation> log =
        List.of(
            image(0, 0, "a", Label.NORMAL, "A"),
            image(0, 1, ImagesTakenOnce.BROKEN + "x", Label.NORMAL, "?"),
            new Read(Topic.IMAGES, 0, 2, "k", Optional.empty(), false),
            label(0, 3, "ghost", Label.NORMAL),
            withdrawal(0, 4, "ghost"),
            rejected(Topic.IMAGES, 0, 1),
            rejected(Topic.IMAGES, 0, 2),
            rejected(Topic.IMAGES, 0, 3),
            rejected(Topic.IMAGES, 0, 4));
    assertThat(broken(new ImagesTakenOnce(), log)).isEmpty();
    assertThat(broken(new ImagesTakenOnce(), log.subList(0, 8))).as("one is lost").hasSize(1);
    assertThat(broken(new ImagesTakenOnce(), and(log, rejected(Topic.IMAGES, 0, 4))))
        .as("one is doubled")
        .hasSize(1);
    assertThat(broken(new ImagesTakenOnce(), and(log, rejected(Topic.IMAGES, 0, 0))))
        .as("a good one is rejected")
        .hasSize(1);
    assertThat(broken(new ImagesTakenOnce(), and(log, rejected(Topic.IMAGES, 3, 9))))
        .as("of nothing in the log")
        .hasSize(1);
    assertThat(broken(new ImagesTakenOnce(), and(log, new Acknowledged(Topic.IMAGES, 0, 99))))
        .as("acknowledged and gone")
        .hasSize(1);
  }

  @Test
  void aForgedMarkerIsRejectedOnceAndNoCut() {
    Observation forged = marker(ImagesTakenOnce.FORGED + "1", 0, 1);
    List<Observation> log =
        List.of(image(0, 0, "a", Label.NORMAL, "A"), forged, rejected(Topic.IMAGES, 0, 1));
    ManifestLine a = new ManifestLine("a", "TRAIN", "normal", sha256("A"));

    assertThat(broken(new ImagesTakenOnce(), log)).isEmpty();
    assertThat(broken(new ImagesTakenOnce(), log.subList(0, 2))).as("it was taken").hasSize(1);
    assertThat(broken(new ImagesTakenOnce(), and(log, new Manifest(ARN + "1", List.of(a)))))
        .as("it trained")
        .hasSize(1);
  }

  // --- the end -----------------------------------------------------------------------------------

  @Test
  void compactedTopicsSayWhatHistorySays() {
    ModelMetadata trained =
        ModelMetadata.newBuilder(model("1")).setStatus(ModelStatus.TRAINING_FAILED).build();
    List<Observation> history =
        List.of(
            command(0, create("t")),
            answered(0, "1"),
            event("1", ModelStatus.TRAINING),
            outcome("1"),
            event("1", ModelStatus.TRAINING_FAILED));
    assertThat(
            broken(
                new CompactedEqualsHistory(),
                and(history, new Compacted(Topic.MODELS, ARN + "1", trained))))
        .isEmpty();
    assertThat(broken(new CompactedEqualsHistory(), history)).as("the key is gone").hasSize(2);
    assertThat(
            broken(
                new CompactedEqualsHistory(),
                and(
                    history.subList(0, 3),
                    new Compacted(Topic.MODELS, ARN + "1", model("1")),
                    outcome("1"))))
        .as("an outcome that never became an event")
        .hasSize(1);
    assertThat(
            broken(
                new CompactedEqualsHistory(),
                and(
                    history,
                    command(1, new TagResource(ARN + "1", List.of(new Tag("a", "b")))),
                    done(1),
                    new Compacted(Topic.MODELS, ARN + "1", trained))))
        .as("a tag that was lost")
        .hasSize(1);
    assertThat(
            broken(
                new CompactedEqualsHistory(),
                and(
                    history,
                    command(1, new DeleteModel("p", "1", null)),
                    done(1),
                    new Compacted(Topic.MODELS, ARN + "1", trained))))
        .as("a deletion that was lost")
        .hasSize(1);
  }

  @Test
  void nothingIsLeftOpen() {
    assertThat(broken(new NoTransactionOpen())).isEmpty();
    assertThat(broken(new NoTransactionOpen(), new Open("relook-data-1 is ONGOING")))
        .containsExactly("relook-data-1 is ONGOING");
  }

  // --- histories ---------------------------------------------------------------------------------

  private static List<String> broken(Guarantee guarantee, Observation... observations) {
    return broken(guarantee, Arrays.asList(observations));
  }

  private static List<String> broken(Guarantee guarantee, List<Observation> observations) {
    observations.forEach(guarantee::observe);
    return guarantee.violations();
  }

  private static List<Observation> and(List<Observation> first, Observation... more) {
    List<Observation> all = new ArrayList<>(first);
    all.addAll(Arrays.asList(more));
    return all;
  }

  private static Read read(Topic topic, long offset, SpecificRecord record) {
    return new Read(topic, 0, offset, topic.key(record), Optional.of(record), false);
  }

  private static Observation command(long offset, SpecificRecord body) {
    return read(
        Topic.COMMANDS,
        offset,
        Command.newBuilder()
            .setRequestId("request-" + offset)
            .setAccount(ACCOUNT)
            .setRequestedAt(Instant.EPOCH)
            .setBody(body)
            .build());
  }

  private static CreateModel create(String token) {
    return CreateModel.newBuilder()
        .setProjectName("p")
        .setClientToken(token)
        .setOutputConfig(new OutputConfig(new S3Location("models", "")))
        .build();
  }

  private static CommandReply.Builder reply(long offset, String requestId, boolean replayed) {
    return CommandReply.newBuilder()
        .setRequestId(requestId)
        .setAccount(ACCOUNT)
        .setOperation("CreateModel")
        .setCommandTopic("relook.commands")
        .setCommandPartition(0)
        .setCommandOffset(offset)
        .setCommandTimestamp(Instant.EPOCH)
        .setReplayed(replayed);
  }

  private static Observation answered(long offset, String version) {
    return read(
        Topic.REPLIES,
        offset,
        reply(offset, "request-" + offset, false).setAnswer(model(version)).build());
  }

  private static Observation replayed(long offset, String version) {
    return read(
        Topic.REPLIES,
        offset,
        reply(offset, "request-" + offset, true).setAnswer(model(version)).build());
  }

  private static Observation done(long offset) {
    return read(
        Topic.REPLIES,
        offset,
        reply(offset, "request-" + offset, false).setAnswer(new ResourceArn(ARN + "1")).build());
  }

  private static Observation refused(long offset, ExceptionCode code) {
    return read(
        Topic.REPLIES,
        offset,
        reply(offset, "request-" + offset, false)
            .setError(ServiceException.newBuilder().setCode(code).setMessage("no").build())
            .build());
  }

  private static ModelMetadata model(String version) {
    return ModelMetadata.newBuilder()
        .setAccount(ACCOUNT)
        .setProjectName("p")
        .setModelVersion(version)
        .setModelArn(ARN + version)
        .setCreationTimestamp(Instant.EPOCH)
        .setStatus(ModelStatus.TRAINING)
        .setStatusMessage("")
        .setOutputConfig(new OutputConfig(new S3Location("models", "")))
        .setTags(List.of())
        .build();
  }

  private static Observation event(String version, ModelStatus status) {
    return read(
        Topic.MODELS, 0, ModelMetadata.newBuilder(model(version)).setStatus(status).build());
  }

  private static Observation leavingOut(int images) {
    Provenance provenance =
        Provenance.newBuilder()
            .setTrainingManifestDigest("")
            .setModelFileDigest("")
            .setBackboneName("")
            .setBackboneDigest("")
            .setInputArea(1)
            .setSeed(1)
            .setExecutionProvider("cpu")
            .setHeads(List.of())
            .setRegime("")
            .setThreshold(1)
            .setTrainingImages(1)
            .setTestImages(1)
            .setTrainingMillis(1)
            .setSettings(
                Map.of("training.left-out", images + " labelled images could not be read: b."))
            .setRelookVersion("")
            .setRuntime("")
            .build();
    return read(
        Topic.MODELS,
        0,
        ModelMetadata.newBuilder(model("1"))
            .setStatus(ModelStatus.TRAINED)
            .setProvenance(provenance)
            .build());
  }

  private static Observation tombstone() {
    return new Read(Topic.MODELS, 0, 9, ARN + "1", Optional.empty(), true);
  }

  private static Observation outcome(String version) {
    return read(
        Topic.OUTCOMES,
        0,
        TrainingOutcome.newBuilder()
            .setAccount(ACCOUNT)
            .setProjectName("p")
            .setModelVersion(version)
            .setModelArn(ARN + version)
            .setCutId("cut")
            .setEndedAt(Instant.EPOCH)
            .setOutcome(new TrainingFailed("TOO_FEW_IMAGES", "too few"))
            .build());
  }

  private static Observation rejected(Topic topic, int partition, long offset) {
    return rejected(topic, partition, offset, "X");
  }

  private static Observation rejected(Topic topic, int partition, long offset, String code) {
    return read(
        Topic.REJECTIONS,
        0,
        Rejection.newBuilder()
            .setTopic("relook." + topic.suffix())
            .setPartition(partition)
            .setOffset(offset)
            .setTimestamp(Instant.EPOCH)
            .setOriginalDigest("")
            .setOriginalLength(0)
            .setStage("check")
            .setCode(code)
            .setMessage("no")
            .build());
  }

  private static Observation placed(int partition, long offset, SpecificRecord record) {
    return new Read(
        Topic.IMAGES, partition, offset, Topic.IMAGES.key(record), Optional.of(record), false);
  }

  private static LabeledImage.Builder labeled(String ref, Label label) {
    return LabeledImage.newBuilder()
        .setAccount(ACCOUNT)
        .setProject("p")
        .setSourceRef(ref)
        .setLabel(label);
  }

  private static Observation image(
      int partition, long offset, String ref, Label label, String bytes) {
    return placed(
        partition,
        offset,
        labeled(ref, label)
            .setImageBytes(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.UTF_8)))
            .build());
  }

  private static Observation label(int partition, long offset, String ref, Label label) {
    return placed(partition, offset, labeled(ref, label).build());
  }

  private static Observation withdrawal(int partition, long offset, String ref) {
    return placed(partition, offset, new ImageWithdrawal(ACCOUNT, "p", ref, null));
  }

  private static Observation marker(int partition, long offset) {
    return marker("cut", partition, offset);
  }

  private static Observation marker(String cutId, int partition, long offset) {
    return placed(
        partition,
        offset,
        CutMarker.newBuilder()
            .setAccount(ACCOUNT)
            .setProject("p")
            .setCutId(cutId)
            .setPartition(partition)
            .setPartitions(2)
            .setAdmittedAt(Instant.EPOCH)
            .setCommand(create("t"))
            .setModel(model("1"))
            .build());
  }

  private static ManifestLine line(String ref, String side, String digest) {
    return new ManifestLine(ref, side, "normal", digest);
  }

  private static String sha256(String text) {
    return Sha256.hex(text.getBytes(StandardCharsets.UTF_8));
  }
}
