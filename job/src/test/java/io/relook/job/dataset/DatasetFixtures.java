package io.relook.job.dataset;

import io.relook.job.domain.Annotation;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.StoredPicture;
import io.relook.job.kafka.KafkaRecord;
import io.relook.wire.CreateModel;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.OutputConfig;
import io.relook.wire.S3Location;
import java.time.Duration;
import java.time.Instant;

/** Words for the tests of this package. */
final class DatasetFixtures {
  static final String ACCOUNT = "123456789012";
  static final String PROJECT = "bolts";
  static final String KEY = ACCOUNT + "/" + PROJECT;
  static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  static final DatasetSettings.Window ALL_IMAGES =
      new DatasetSettings.Window(Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE);

  private DatasetFixtures() {}

  static DatasetSettings settings(DatasetSettings.Window window, boolean minimums) {
    return settings(window, minimums, new DatasetSettings.Quotas(100, 8_000, 800));
  }

  static DatasetSettings settings(
      DatasetSettings.Window window, boolean minimums, DatasetSettings.Quotas quotas) {
    return new DatasetSettings(
        window, minimums, minimums, quotas, "us-east-1", "relook", Duration.ofHours(49).toMillis());
  }

  static Annotation labelled(Label label) {
    return labelled(label, DatasetType.TRAIN);
  }

  static Annotation labelled(Label label, DatasetType dataset) {
    return new Annotation(label, null, dataset, "anomaly-label", true, null, null);
  }

  static Annotation aDefect(String defectClass) {
    return new Annotation(
        Label.ANOMALY, defectClass, DatasetType.TRAIN, "anomaly-label", true, null, null);
  }

  static StoredPicture aPicture(String digest) {
    return aPicture(digest, 64, 64);
  }

  static StoredPicture aPicture(String digest, int width, int height) {
    return new StoredPicture(
        digest, "relook", "pictures/" + KEY + "/" + digest, width, height, "features/" + digest);
  }

  static KafkaRecord standing(int partition, long offset, Instant at) {
    return new KafkaRecord("relook.images", partition, offset, at.toEpochMilli(), null, null);
  }

  static ImageChange sent(
      KafkaRecord place, String sourceRef, Annotation annotation, StoredPicture picture) {
    return new ImageChange(ACCOUNT, PROJECT, place, sourceRef, annotation, picture, null, null);
  }

  static ImageChange relabelled(KafkaRecord place, String sourceRef, Annotation annotation) {
    return new ImageChange(ACCOUNT, PROJECT, place, sourceRef, annotation, null, null, null);
  }

  static ImageChange withdrawn(KafkaRecord place, String sourceRef) {
    return new ImageChange(ACCOUNT, PROJECT, place, sourceRef, null, null, null, null);
  }

  static ImageChange cut(String project, KafkaRecord place, int cut, int partitions) {
    return cut(place, aMarker(project, cut, partitions).setPartition(place.partition()).build());
  }

  static ImageChange cut(KafkaRecord place, CutMarker marker) {
    return new ImageChange(ACCOUNT, marker.getProject(), place, "", null, null, null, marker);
  }

  /** A marker of the cut that creates the model with its number. */
  static CutMarker.Builder aMarker(String project, int cut, int partitions) {
    return CutMarker.newBuilder()
        .setAccount(ACCOUNT)
        .setProject(project)
        .setCutId(cutId(cut))
        .setPartition(0)
        .setPartitions(partitions)
        .setAdmittedAt(NOON.plusSeconds(cut))
        .setCommand(aCreateModel(project))
        .setModel(aModel(project, cut));
  }

  /** The id of a cut, in the order of the cuts: the place of its command. */
  static String cutId(int cut) {
    return "relook.commands-0-" + cut;
  }

  static CreateModel aCreateModel(String project) {
    return CreateModel.newBuilder()
        .setProjectName(project)
        .setOutputConfig(new OutputConfig(new S3Location("models", "")))
        .build();
  }

  static ModelMetadata aModel(String project, int version) {
    return ModelMetadata.newBuilder()
        .setAccount(ACCOUNT)
        .setProjectName(project)
        .setModelVersion(Integer.toString(version))
        .setModelArn(
            "arn:aws:lookoutvision:us-east-1:" + ACCOUNT + ":model/" + project + "/" + version)
        .setCreationTimestamp(NOON)
        .setStatus(ModelStatus.TRAINING)
        .setStatusMessage("The model is being trained.")
        .setOutputConfig(new OutputConfig(new S3Location("models", "")))
        .build();
  }
}
