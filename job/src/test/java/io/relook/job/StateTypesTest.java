package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.job.dataset.CutAlignment;
import io.relook.job.dataset.DatasetCounts;
import io.relook.job.dataset.DatasetEntry;
import io.relook.job.dataset.DueErasure;
import io.relook.job.dataset.Incarnation;
import io.relook.job.dataset.UnavailableImage;
import io.relook.job.domain.Annotation;
import io.relook.job.domain.CheckedImage;
import io.relook.job.domain.DatasetOutput;
import io.relook.job.domain.Deferral;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.ImportRequest;
import io.relook.job.domain.ImportedLine;
import io.relook.job.domain.Mask;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.domain.OutputBucket;
import io.relook.job.domain.ParentModel;
import io.relook.job.domain.RegistryInput;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.domain.RejectionCode;
import io.relook.job.domain.RejectionReason;
import io.relook.job.domain.RetryRequest;
import io.relook.job.domain.Split;
import io.relook.job.domain.StoredPicture;
import io.relook.job.domain.TrainingImage;
import io.relook.job.domain.TrainingOrder;
import io.relook.job.domain.TrainingRequest;
import io.relook.job.domain.TrainingResult;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.registry.Deletion;
import io.relook.job.registry.FirstReply;
import io.relook.job.registry.KnownDataset;
import io.relook.job.registry.Project;
import io.relook.job.retry.Retried;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateModel;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetStatus;
import io.relook.wire.DatasetType;
import io.relook.wire.ImageRetry;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.OutputConfig;
import io.relook.wire.ProjectDescription;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import io.relook.wire.Tag;
import io.relook.wire.TrainingFailed;
import io.relook.wire.TrainingOutcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that travels between operators or stays in state, through Flink's own serializers. */
class StateTypesTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  private static final KafkaRecord FULL_RECORD =
      new KafkaRecord("relook.images", 3, 42, NOON.toEpochMilli(), new byte[] {1}, new byte[] {2});
  private static final KafkaRecord BARE_RECORD =
      new KafkaRecord("relook.images", 3, 42, NOON.toEpochMilli(), null, null);
  private static final Annotation FULL_ANNOTATION =
      new Annotation(
          Label.ANOMALY,
          "scratch",
          DatasetType.TEST,
          "anomaly-label",
          true,
          "2026-11-23T12:00:00",
          "job",
          new ImportedLine("relook.commands-0-41", "It is damaged."));
  private static final Annotation BARE_ANNOTATION =
      new Annotation(Label.NONE, null, DatasetType.TRAIN, "anomaly-label", false, null, null);
  private static final StoredPicture PICTURE =
      new StoredPicture("aa", "relook", "pictures/aa", 64, 48, "features/aa");
  private static final Mask MASK = new Mask("bb", "relook", "masks/bb", 64, 48, List.of("cracked"));
  private static final ModelMetadata MODEL =
      ModelMetadata.newBuilder()
          .setAccount("123456789012")
          .setProjectName("bolts")
          .setModelVersion("1")
          .setModelArn("arn:aws:lookoutvision:us-east-1:123456789012:model/bolts/1")
          .setCreationTimestamp(NOON)
          .setStatus(ModelStatus.TRAINING)
          .setStatusMessage("The model is being trained.")
          .setOutputConfig(new OutputConfig(new S3Location("models", "")))
          .setTags(List.of(new Tag("line", "4")))
          .build();
  private static final CreateModel CREATE_MODEL =
      CreateModel.newBuilder()
          .setProjectName("bolts")
          .setOutputConfig(new OutputConfig(new S3Location("models", "p/")))
          .build();
  private static final CutMarker CUT =
      CutMarker.newBuilder()
          .setAccount("123456789012")
          .setProject("bolts")
          .setCutId("relook.commands-0-7")
          .setPartition(1)
          .setPartitions(5)
          .setAdmittedAt(NOON)
          .setCommand(CREATE_MODEL)
          .setModel(MODEL)
          .build();
  private static final RejectionReason FULL_REASON =
      new RejectionReason(
          "dataset", RejectionCode.UNKNOWN_SOURCE_REF, "Send it.", "1", "bolts", "s3://a/b");
  private static final RejectionReason BARE_REASON =
      new RejectionReason(
          "check-images", RejectionCode.UNDECODABLE, "Send Avro.", null, null, null);

  private static final ImageRetry RETRY =
      ImageRetry.newBuilder()
          .setAccount("1")
          .setProject("bolts")
          .setSourceRef("ref")
          .setPartition(1)
          .setOffset(2)
          .setRejection("Too late.")
          .build();

  private static final TrainingRequest A_REQUEST =
      new TrainingRequest(MODEL, "cut", "manifests/x", "aa", new ParentModel("1", "bb"));

  static Stream<Record> values() {
    return Stream.of(
        FULL_RECORD,
        BARE_RECORD,
        new TopicRecord("relook.models", 2, new byte[] {1}, new byte[] {2}),
        new TopicRecord("relook.models", null, new byte[0], null),
        new TopicRecord("relook.images", 2, new byte[] {1}, new byte[] {2}, new byte[] {3}),
        new KafkaRecord("relook.images", 3, 42, 0, null, new byte[] {2}, new byte[] {3}),
        CheckedImage.of(FULL_RECORD, anImage()),
        CheckedImage.of(BARE_RECORD, new ImageWithdrawal("1", "bolts", "ref", null)),
        CheckedImage.of(BARE_RECORD, CUT),
        FULL_ANNOTATION,
        BARE_ANNOTATION,
        PICTURE,
        new ImageChange("1", "bolts", FULL_RECORD, "ref", FULL_ANNOTATION, PICTURE, MASK, null),
        new ImageChange("1", "bolts", BARE_RECORD, "ref", BARE_ANNOTATION, null, null, null),
        new ImageChange("1", "bolts", BARE_RECORD, "ref", null, null, null, null),
        new ImageChange("1", "bolts", BARE_RECORD, "", null, null, null, CUT),
        new DatasetEntry("ref", FULL_ANNOTATION, PICTURE, 1, 2, Split.TEST, MASK),
        new DatasetEntry("ref", BARE_ANNOTATION, PICTURE, 1, 2, null, null),
        new UnavailableImage(
            "ref",
            FULL_ANNOTATION,
            FULL_RECORD,
            "The store does not answer.",
            new UnavailableImage.Kept(1, Split.TEST, PICTURE, MASK, true),
            new UnavailableImage.Tries(1, 2, 3)),
        new UnavailableImage(
            "ref",
            BARE_ANNOTATION,
            BARE_RECORD,
            "The store does not answer.",
            new UnavailableImage.Kept(1, null, null, null, false),
            new UnavailableImage.Tries(1, 0, 3)),
        new ImageChange(
            "1",
            "bolts",
            BARE_RECORD,
            "ref",
            BARE_ANNOTATION,
            StoredPicture.deferred(
                Deferral.givenUp(1, 2, RejectionCode.PICTURE_NOT_FOUND, "Too late.")),
            null,
            null),
        new ImageChange(
            "1",
            "bolts",
            BARE_RECORD,
            "ref",
            BARE_ANNOTATION,
            PICTURE.with(Deferral.over(1, 2)),
            null,
            null),
        new RetryRequest("1", "bolts", "ref", FULL_RECORD, 7),
        new Retried(RETRY),
        new Retried(null),
        new CheckedImage(FULL_RECORD, anImage(), null, null, RETRY),
        new CheckedImage(BARE_RECORD, null, null, null, RETRY),
        new DatasetCounts(
            new DatasetCounts.Images(3, 2, 1, Map.of("scratch", 1)),
            new DatasetCounts.Life(
                1,
                2,
                DatasetStatus.CREATE_FAILED,
                "Line 3 is not JSON.",
                new DatasetCounts.Lines(4, 3, 2, 1)),
            true,
            4),
        new DatasetCounts(
            new DatasetCounts.Images(0, 0, 0, Map.of()),
            new DatasetCounts.Life(1, 1, DatasetStatus.UPDATE_COMPLETE, "", null),
            false,
            0),
        new DueErasure(DatasetType.TEST, 7),
        DatasetOutput.of(new TrainingOrder(MODEL, "cut", List.of(), null)),
        DatasetOutput.of(
            new ObjectRemoval(
                "1",
                "bolts",
                ObjectRemoval.Step.TO_TRASH,
                List.of(new S3Object("relook", "features/aa", null)),
                "why")),
        new ImportRequest(
            "1",
            "bolts",
            DatasetType.TRAIN,
            "cut",
            "CreateDataset",
            "line-4",
            new S3Object("theirs", "m.manifest", "v1"),
            "theirs"),
        new ImportRequest(
            "1",
            "bolts",
            DatasetType.TEST,
            "cut",
            "UpdateDatasetEntries",
            null,
            new S3Object("theirs", "m.manifest", null),
            null),
        new KnownDataset("bolts", DatasetType.TEST, 1, KnownDataset.Phase.UPDATING, "cut", 2),
        new KnownDataset("bolts", DatasetType.TRAIN, 1, KnownDataset.Phase.BEGUN, null, 0),
        new Deletion("cut", 1),
        new CutAlignment("relook.commands-0-7", 15, 5, Set.of(0, 4)),
        new Incarnation("relook.commands-0-3", 15, true),
        new Project(
            new ProjectDescription(
                "1", "arn", "bolts", NOON, Map.of(), null, "2", NOON, "1", NOON, 2L),
            7,
            2,
            "relook.commands-0-3",
            9),
        new FirstReply("fingerprint", aReply(), NOON.toEpochMilli()),
        RegistryInput.of(BARE_RECORD, new Command(null, "1", null, NOON, CREATE_MODEL))
            .with(new OutputBucket(OutputBucket.Verdict.FORBIDDEN, "Allow it.")),
        RegistryInput.of(BARE_RECORD, anOutcome()),
        FULL_REASON,
        BARE_REASON,
        new RejectedMessage(FULL_RECORD, BARE_REASON),
        new RejectedMessage(BARE_RECORD, FULL_REASON),
        new TrainingImage("ref", Split.TRAIN, FULL_ANNOTATION, PICTURE, null),
        new TrainingOrder(
            MODEL,
            "cut",
            List.of(new TrainingImage("r", Split.TEST, BARE_ANNOTATION, PICTURE, MASK)),
            new ParentModel("1", "bb")),
        new TrainingOrder(MODEL, "cut", List.of(), null, "2 images"),
        A_REQUEST,
        new TrainingRequest(
            MODEL,
            "cut",
            "",
            "",
            null,
            "2 images",
            new TrainingResult.Failure("NO_KEY", "Give another key.")),
        new TrainingResult(
            A_REQUEST,
            new TrainingResult.Success(
                new TrainingResult.ModelFile("models/x", "aa"),
                new TrainingResult.Backbone("lite0", "bb"),
                new TrainingResult.Fit(List.of("bank"), "full", 0.5, 20, List.of("suspect")),
                new TrainingResult.Test(
                    20,
                    List.of(new TrainingResult.TestScore("ref", 0.25)),
                    new TrainingResult.Metrics(1, 0.9, 0.8, 0.7, 0.6)),
                new TrainingResult.Lineage("cc", 3, null),
                new TrainingResult.Run(NOON.toEpochMilli(), 1000, "cpu", "no GPU")),
            null),
        new TrainingResult(A_REQUEST, null, new TrainingResult.Failure("TOO_FEW", "Add images.")));
  }

  static Stream<Class<?>> types() {
    return values().<Class<?>>map(Object::getClass).distinct();
  }

  @ParameterizedTest
  @MethodSource("types")
  void isSerializedFieldByFieldWithoutKryo(Class<?> type) {
    TypeInformation<?> information = TypeInformation.of(type);

    assertThat(information).isInstanceOf(PojoTypeInfo.class);
    assertThat(information.createSerializer(withoutGenericTypes())).isNotNull();
  }

  @ParameterizedTest
  @MethodSource("values")
  void comesBackAsItWas(Record value) throws IOException {
    assertThat(written(value)).usingRecursiveComparison().isEqualTo(value);
  }

  @ParameterizedTest
  @MethodSource("values")
  void isCopiedAsItWas(Record value) {
    assertThat(serializer(value).copy(value)).usingRecursiveComparison().isEqualTo(value);
  }

  @Test
  void theRecordsOfTheWireInStateAreAvro() {
    assertThat(TypeInformation.of(ModelMetadata.class)).isInstanceOf(AvroTypeInfo.class);
    assertThat(TypeInformation.of(TrainingOutcome.class)).isInstanceOf(AvroTypeInfo.class);
  }

  @Test
  void theCheckSeesAKryoType() {
    TypeInformation<WithKryo> information = TypeInformation.of(WithKryo.class);

    assertThatThrownBy(() -> information.createSerializer(withoutGenericTypes()))
        .hasMessageContaining("Generic types have been disabled");
  }

  /** A record that must not pass: Flink has no serializer of its own for its component. */
  public record WithKryo(Thread thread) {}

  private static SerializerConfigImpl withoutGenericTypes() {
    SerializerConfigImpl config = new SerializerConfigImpl();
    config.setGenericTypes(false);
    return config;
  }

  @SuppressWarnings("unchecked")
  private static <T extends Record> TypeSerializer<T> serializer(T value) {
    return (TypeSerializer<T>)
        TypeInformation.of(value.getClass()).createSerializer(withoutGenericTypes());
  }

  private static <T extends Record> T written(T value) throws IOException {
    DataOutputSerializer bytes = new DataOutputSerializer(256);
    serializer(value).serialize(value, bytes);
    DataInputDeserializer input = new DataInputDeserializer(bytes.getCopyOfBuffer());
    T read = serializer(value).deserialize(input);
    assertThat(input.available()).isZero();
    return read;
  }

  private static LabeledImage anImage() {
    return LabeledImage.newBuilder()
        .setAccount("1")
        .setProject("bolts")
        .setSourceRef("ref")
        .setImageBytes(ByteBuffer.wrap(new byte[] {1, 2, 3}))
        .setMaskLocation(new S3Object("bucket", "key", null))
        .setLabel(Label.ANOMALY)
        .build();
  }

  private static CommandReply aReply() {
    return CommandReply.newBuilder()
        .setRequestId("r")
        .setAccount("1")
        .setOperation("CreateModel")
        .setCommandTopic("relook.commands")
        .setCommandPartition(0)
        .setCommandOffset(7)
        .setCommandTimestamp(NOON)
        .setAnswer(MODEL)
        .build();
  }

  private static TrainingOutcome anOutcome() {
    return TrainingOutcome.newBuilder()
        .setAccount("1")
        .setProjectName("bolts")
        .setModelVersion("1")
        .setModelArn(MODEL.getModelArn())
        .setCutId("cut")
        .setEndedAt(NOON)
        .setOutcome(new TrainingFailed("TOO_FEW_IMAGES", "Add images."))
        .build();
  }
}
