package io.relook.schemas;

import io.relook.wire.AbandonTraining;
import io.relook.wire.AnnotationMetadata;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateDataset;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
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
import io.relook.wire.ImageRetry;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.ImportCounts;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.MaskColor;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelPerformance;
import io.relook.wire.ModelStatus;
import io.relook.wire.OutputConfig;
import io.relook.wire.Prediction;
import io.relook.wire.ProjectDescription;
import io.relook.wire.PromoteModel;
import io.relook.wire.Provenance;
import io.relook.wire.PutRetrainPolicy;
import io.relook.wire.Rejection;
import io.relook.wire.RetrainMode;
import io.relook.wire.RetrainPolicy;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import io.relook.wire.Tag;
import io.relook.wire.TagResource;
import io.relook.wire.TrainingOutcome;
import io.relook.wire.TrainingSucceeded;
import io.relook.wire.UntagResource;
import io.relook.wire.UpdateActiveModelVersion;
import io.relook.wire.UpdateDatasetEntries;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/** One example of every record, every optional field filled where the record allows it. */
final class Examples {
  static final Instant NOON = Instant.parse("2026-11-23T12:00:00.123Z");
  static final String ACCOUNT = "123456789012";
  static final String MODEL_ARN = "arn:aws:lookoutvision:eu-central-1:123456789012:model/cookies/1";

  private Examples() {}

  static List<SpecificRecord> all() {
    return List.of(
        anImage(),
        anImageRetry(),
        aWithdrawal(),
        aMarker(),
        aCommand(aCreateModel()),
        aReply(),
        aModel(),
        aProject(),
        aDataset(),
        aPrediction(),
        anOutcome(),
        aDatasetOutcome(),
        aRejection());
  }

  static LabeledImage anImage() {
    return LabeledImage.newBuilder()
        .setAccount(ACCOUNT)
        .setProject("cookies")
        .setSourceRef("s3://factory/cookies/ünder-0001.jpg")
        .setImageBytes(ByteBuffer.wrap(new byte[] {(byte) 0xFF, (byte) 0xD8, 0, 1, 2}))
        .setLabel(Label.ANOMALY)
        .setDefectClass("cracked")
        .setDataset(DatasetType.TEST)
        .setMaskLocation(anObject("masks/0001.png"))
        .setColorMap(List.of(new MaskColor(1, "cracked", "#23A436", 0.75)))
        .setAnnotation(
            AnnotationMetadata.newBuilder()
                .setCreationDate("2026-11-23T11:00:00")
                .setJobName("shift-1")
                .setType("groundtruth/image-classification")
                .build())
        .setImportId("relook.commands-0-41")
        .build();
  }

  static ImageWithdrawal aWithdrawal() {
    return ImageWithdrawal.newBuilder()
        .setAccount(ACCOUNT)
        .setProject("cookies")
        .setSourceRef("s3://factory/cookies/0002.jpg")
        .setReason("blurred")
        .build();
  }

  static CutMarker aMarker() {
    return CutMarker.newBuilder()
        .setAccount(ACCOUNT)
        .setProject("cookies")
        .setCutId("relook.commands-0-42")
        .setPartition(3)
        .setPartitions(6)
        .setAdmittedAt(NOON)
        .setCommand(aCreateModel())
        .setModel(aModel())
        .setDatasetOutcome(aDatasetOutcome())
        .setParentModelVersion("1")
        .setParentModelDigest("cafe".repeat(16))
        .setIncarnation("relook.commands-0-7")
        .setSequence(15)
        .setCaller("line-4")
        .build();
  }

  static ImageRetry anImageRetry() {
    return ImageRetry.newBuilder()
        .setAccount(ACCOUNT)
        .setProject("cookies")
        .setSourceRef("s3://factory/cookies/1.png")
        .setPartition(3)
        .setOffset(4_711)
        .setMessage(ByteBuffer.wrap(new byte[] {1, 2, 3}))
        .setRejection("The picture could not be read for 1 h.")
        .build();
  }

  static Command aCommand(SpecificRecord body) {
    return Command.newBuilder()
        .setRequestId("request-1")
        .setAccount(ACCOUNT)
        .setCaller("line-4")
        .setRequestedAt(NOON)
        .setBody(body)
        .build();
  }

  /** One body of every kind that a command can have. */
  static List<SpecificRecord> commandBodies() {
    S3Object manifest = anObject("manifests/train.manifest");
    return List.of(
        new CreateProject("cookies", "token"),
        new DeleteProject("cookies", "token"),
        new CreateDataset("cookies", DatasetType.TRAIN, manifest, "token"),
        new DeleteDataset("cookies", DatasetType.TEST, "token"),
        new UpdateDatasetEntries("cookies", DatasetType.TRAIN, manifest, "token"),
        aCreateModel(),
        new DeleteModel("cookies", "1", "token"),
        new AbandonTraining("cookies", "1", "token"),
        new UpdateActiveModelVersion("cookies", "2", "1", "token"),
        new TagResource(MODEL_ARN, List.of(new Tag("line", "4"))),
        new UntagResource(MODEL_ARN, List.of("line")),
        new PutRetrainPolicy("cookies", aPolicy(), "token"),
        PromoteModel.newBuilder()
            .setProjectName("cookies")
            .setModelVersion("2")
            .setAlias("champion")
            .setExpectedVersion("1")
            .setClientToken("token")
            .build());
  }

  static CreateModel aCreateModel() {
    return CreateModel.newBuilder()
        .setProjectName("cookies")
        .setDescription("First shift")
        .setClientToken("token-1")
        .setOutputConfig(anOutput())
        .setKmsKeyId("alias/line-4")
        .setTags(List.of(new Tag("line", "4")))
        .build();
  }

  static CommandReply aReply() {
    return CommandReply.newBuilder()
        .setRequestId("request-1")
        .setAccount(ACCOUNT)
        .setOperation("CreateModel")
        .setCommandTopic("relook.commands")
        .setCommandPartition(0)
        .setCommandOffset(42)
        .setCommandTimestamp(NOON)
        .setReplayed(true)
        .setAnswer(aModel())
        .build();
  }

  static ModelMetadata aModel() {
    return ModelMetadata.newBuilder()
        .setAccount(ACCOUNT)
        .setProjectName("cookies")
        .setModelVersion("1")
        .setModelArn(MODEL_ARN)
        .setCreationTimestamp(NOON)
        .setDescription("First shift")
        .setStatus(ModelStatus.TRAINED)
        .setStatusMessage("Training completed successfully.")
        .setPerformance(new ModelPerformance(0.9, 0.8, 1.0))
        .setOutputConfig(anOutput())
        .setEvaluationManifest(anObject("out/EvaluationManifest-cookies-1.json"))
        .setEvaluationResult(anObject("out/EvaluationResult-cookies-1.json"))
        .setEvaluationEndTimestamp(NOON.plusSeconds(9))
        .setKmsKeyId("alias/line-4")
        .setTags(List.of(new Tag("line", "4")))
        .setMinInferenceUnits(1)
        .setMaxInferenceUnits(2)
        .setModelFile(anObject("out/Model-cookies-1.onnx"))
        .setTrainingManifest(anObject("out/TrainingManifest-cookies-1.json"))
        .setReport(anObject("out/Report-cookies-1.html"))
        .setProvenance(aProvenance())
        .setAliases(List.of("champion"))
        .build();
  }

  static ProjectDescription aProject() {
    return ProjectDescription.newBuilder()
        .setAccount(ACCOUNT)
        .setProjectArn("arn:aws:lookoutvision:eu-central-1:123456789012:project/cookies")
        .setProjectName("cookies")
        .setCreationTimestamp(NOON)
        .setAliases(Map.of("champion", "1"))
        .setRetrainPolicy(aPolicy())
        .setActiveModelVersion("2")
        .setModelVersionActivatedAt(NOON)
        .setPreviousActiveModelVersion("1")
        .setPreviousModelVersionActivatedAt(NOON.minusSeconds(60))
        .setActivationNumber(2)
        .build();
  }

  static DatasetDescription aDataset() {
    return DatasetDescription.newBuilder()
        .setAccount(ACCOUNT)
        .setDatasetArn("arn:aws:lookoutvision:eu-central-1:123456789012:dataset/cookies/train")
        .setProjectName("cookies")
        .setDatasetType(DatasetType.TRAIN)
        .setCreationTimestamp(NOON)
        .setLastUpdatedTimestamp(NOON.plusSeconds(1))
        .setStatus(DatasetStatus.CREATE_COMPLETE)
        .setStatusMessage("The dataset was created successfully.")
        .setImageStats(new DatasetImageStats(44, 44, 34, 10))
        .setImagesByDefectClass(Map.of("cracked", 10))
        .setErasedPictures(2)
        .setLastImport(new ImportCounts(44, 42, 2, 2))
        .build();
  }

  static Prediction aPrediction() {
    return Prediction.newBuilder()
        .setAccount(ACCOUNT)
        .setProject("cookies")
        .setModelVersion("1")
        .setModelArn(MODEL_ARN)
        .setSourceRef("s3://factory/cookies/0003.jpg")
        .setScore(0.75)
        .setIsAnomalous(true)
        .setConfidence(0.75)
        .setPredictedAt(NOON)
        .setPooledEmbedding(ByteBuffer.wrap(new byte[] {0, 60}))
        .build();
  }

  static DatasetOutcome aDatasetOutcome() {
    return DatasetOutcome.newBuilder()
        .setAccount(ACCOUNT)
        .setProjectName("cookies")
        .setDatasetType(DatasetType.TEST)
        .setCutId("relook.commands-0-41")
        .setLastDeletion("relook.commands-0-12")
        .setKind(DatasetOutcomeKind.IMPORT_REFUSED)
        .setMessage("Line 3 is not JSON.")
        .setLines(44)
        .setEndedAt(NOON)
        .build();
  }

  static TrainingOutcome anOutcome() {
    return TrainingOutcome.newBuilder()
        .setAccount(ACCOUNT)
        .setProjectName("cookies")
        .setModelVersion("1")
        .setModelArn(MODEL_ARN)
        .setCutId("relook.commands-0-42")
        .setEndedAt(NOON)
        .setOutcome(
            TrainingSucceeded.newBuilder()
                .setPerformance(new ModelPerformance(0.9, 0.8, 1.0))
                .setEvaluationManifest(anObject("out/EvaluationManifest-cookies-1.json"))
                .setEvaluationResult(anObject("out/EvaluationResult-cookies-1.json"))
                .setModelFile(anObject("out/Model-cookies-1.onnx"))
                .setTrainingManifest(anObject("out/TrainingManifest-cookies-1.json"))
                .setReport(anObject("out/Report-cookies-1.html"))
                .setProvenance(aProvenance())
                .build())
        .build();
  }

  static Rejection aRejection() {
    return Rejection.newBuilder()
        .setTopic("relook.images")
        .setPartition(2)
        .setOffset(17)
        .setTimestamp(NOON)
        .setKey(ByteBuffer.wrap(new byte[] {1}))
        .setOriginalBytes(ByteBuffer.wrap(new byte[] {1, 2, 3}))
        .setOriginalDigest("039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81")
        .setOriginalLength(3)
        .setOriginalLocation(anObject("rejected/039058"))
        .setStage("check-images")
        .setCode("NOT_SINGLE_OBJECT")
        .setMessage("The message does not begin with C3 01.")
        .setAccount(ACCOUNT)
        .setProject("cookies")
        .setSourceRef("s3://factory/cookies/0004.jpg")
        .build();
  }

  private static RetrainPolicy aPolicy() {
    return RetrainPolicy.newBuilder()
        .setMode(RetrainMode.AUTO)
        .setNewLabels(50)
        .setNewLabelsOfRarerClass(5)
        .setOnNewDefectClass(true)
        .setCorrectedLabels(3)
        .setMaxAgeMillis(86_400_000L)
        .setF1Drop(0.05)
        .setOnDrift(RetrainMode.SUGGEST)
        .setCooldownMillis(3_600_000)
        .setOutputConfig(anOutput())
        .build();
  }

  private static Provenance aProvenance() {
    return Provenance.newBuilder()
        .setTrainingManifestDigest("aa")
        .setModelFileDigest("bb")
        .setBackboneName("efficientnet-lite0")
        .setBackboneDigest("cc")
        .setInputArea(65_536)
        .setSeed(-7)
        .setParentModelDigest("dd")
        .setExecutionProvider("cpu")
        .setHeads(List.of("coreset"))
        .setRegime("good-and-bad")
        .setThreshold(0.5)
        .setTrainingImages(51)
        .setTestImages(34)
        .setRocAuc(0.99)
        .setAveragePrecision(0.98)
        .setTrainingMillis(1500)
        .setRelookVersion("0.1.0")
        .setRuntime("onnxruntime 1.29.0")
        .setSettings(Map.of("coreset", "0.1"))
        .build();
  }

  private static OutputConfig anOutput() {
    return new OutputConfig(new S3Location("models", "out/"));
  }

  private static S3Object anObject(String key) {
    return new S3Object("factory", key, "v1");
  }
}
