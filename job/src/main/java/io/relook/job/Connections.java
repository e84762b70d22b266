package io.relook.job;

import io.relook.job.accelerator.GpuSlots;
import io.relook.job.access.AccessPolicy;
import io.relook.job.access.Permissions;
import io.relook.job.async.OrderedStep;
import io.relook.job.dataset.DatasetSettings;
import io.relook.job.domain.CheckedImage;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.RegistryInput;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.extraction.ExtractionFactory;
import io.relook.job.extraction.ExtractionSettings;
import io.relook.job.features.FeatureSettings;
import io.relook.job.importing.ImportFunction;
import io.relook.job.importing.ImportSettings;
import io.relook.job.kafka.KafkaConnections.Pipeline;
import io.relook.job.kafka.KafkaConnections;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.probe.ProbeSettings;
import io.relook.job.publication.PublicationSettings;
import io.relook.job.publication.PublishFunction;
import io.relook.job.quarantine.QuarantineSettings;
import io.relook.job.registry.RegistrySettings;
import io.relook.job.removal.RemoveObjectsFunction;
import io.relook.job.s3.ObjectStoreFactory;
import io.relook.job.s3.S3Settings;
import io.relook.job.training.TrainFunction;
import io.relook.job.training.TrainingJobSettings;
import io.relook.job.training.WriteManifestFunction;
import io.relook.schemas.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.util.OutputTag;

/** What the graph is connected to, made from the options. */
public final class Connections {

  private final JobConfig config;
  private final int imagePartitions;
  private final KafkaConnections kafka;
  private final TopicRecords topics;

  /**
   * @param imagePartitions number of partitions of the image topic
   */
  public Connections(JobConfig config, int imagePartitions) {
    this.config = config;
    this.imagePartitions = imagePartitions;
    this.kafka = new KafkaConnections(config.kafka());
    this.topics =
        new TopicRecords(config.kafka().topicPrefix(), config.kafka().outputTopicPrefix());
  }

  Source<KafkaRecord, ?, ?> source(Topic topic) {
    return kafka.source(topics.name(topic));
  }

  Sink<TopicRecord> controlSink() {
    return kafka.sink(
        Pipeline.CONTROL,
        names(Topic.REPLIES, Topic.MODELS, Topic.PROJECTS, Topic.REJECTIONS, Topic.IMAGES));
  }

  Sink<TopicRecord> dataSink() {
    return kafka.sink(
        Pipeline.DATA, names(Topic.OUTCOMES, Topic.DATASETS, Topic.REJECTIONS, Topic.IMAGES));
  }

  private List<String> names(Topic... written) {
    return Stream.of(written).map(topics::name).toList();
  }

  TopicRecords topics() {
    return topics;
  }

  ObjectStoreFactory store() {
    return new S3Settings(
        config.store().endpoint().orElse(null),
        config.store().region(),
        config.store().pathStyleAccess());
  }

  String bucket() {
    return config.store().bucket();
  }

  long maxInlineBytes() {
    return config.images().maxInlineBytes();
  }

  int extractionThreads() {
    return config.extractionThreads();
  }

  int extractionQueue() {
    return config.extractionQueue();
  }

  RegistrySettings registry() {
    return new RegistrySettings(
        config.store().region(),
        imagePartitions,
        config.quotas().concurrentTrainings(),
        config.quotas().requestsPerSecond(),
        permissions());
  }

  private Permissions permissions() {
    if (config.access().policyFile().isEmpty()) {
      return Permissions.ALL;
    }
    AccessPolicy policy = AccessPolicy.read(Path.of(config.access().policyFile().get()));
    return policy::allows;
  }

  OrderedStep.Factory<RegistryInput, RegistryInput> probe() {
    return new ProbeSettings(store(), config.access().probeTimeout(), config.access().probeCache());
  }

  ImportFunction importManifest() {
    return new ImportFunction(
        new ImportSettings(
            store(),
            config.maxManifestBytes(),
            config.window().trainImages(),
            config.window().testImages()));
  }

  RemoveObjectsFunction removal() {
    return new RemoveObjectsFunction(store());
  }

  DatasetSettings dataset() {
    return new DatasetSettings(
        config.window(),
        config.minimums(),
        config.classMinimums(),
        new DatasetSettings.Quotas(
            config.quotas().defectClasses(),
            config.quotas().maskedTrainImages(),
            config.quotas().maskedTestImages()),
        config.store().region(),
        config.store().bucket(),
        config.erasureDelay().toMillis());
  }

  Duration trainingTimeLimit() {
    return config.training().timeLimit();
  }

  Duration testingTimeLimit() {
    return config.training().testingTimeLimit();
  }

  OrderedStep.Factory<CheckedImage, ImageChange> extraction(OutputTag<RejectedMessage> refusals) {
    return new ExtractionFactory(extractionSettings(refusals), poison());
  }

  /** Where it is kept which messages relook fails on. */
  QuarantineSettings poison() {
    return new QuarantineSettings(
        store(), bucket(), config.poisonMaxCrashes(), config.poisonMaxTrainingCrashes());
  }

  private ExtractionSettings extractionSettings(OutputTag<RejectedMessage> refusals) {
    return new ExtractionSettings(
        store(),
        bucket(),
        config.store().kmsKeyId().orElse(null),
        features(),
        config.accelerator(),
        config.images().maxFileBytes(),
        config.images().minSide(),
        config.images().maxSide(),
        refusals);
  }

  FeatureSettings features() {
    return new FeatureSettings(config.backboneDescriptor().orElse(null), config.featuresArea());
  }

  Optional<GpuSlots> gpuSlots() {
    return config.gpuSlots();
  }

  WriteManifestFunction writeManifest() {
    return new WriteManifestFunction(store(), bucket(), poison());
  }

  TrainFunction train() {
    return new TrainFunction(
        new TrainingJobSettings(
            store(),
            bucket(),
            config.store().kmsKeyId().orElse(null),
            features(),
            config.accelerator(),
            config.training().seed(),
            config.training().threads(),
            config.training().cpuThreads(),
            config.training().timeLimit().toMillis(),
            config.images().maxFileBytes(),
            config.images().minSide(),
            config.images().maxSide(),
            config.training().refitEvery(),
            config.training().threshold()),
        poison());
  }

  PublishFunction publish() {
    return new PublishFunction(
        new PublicationSettings(
            store(),
            bucket(),
            config.featuresArea(),
            config.training().seed(),
            config.accelerator(),
            config.training().threads(),
            config.training().cpuThreads(),
            config.images().maxFileBytes(),
            config.images().minSide(),
            config.images().maxSide(),
            TrainerJob.version()),
        poison());
  }
}
