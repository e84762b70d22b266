package io.relook.job;

import io.relook.job.accelerator.GpuSlots;
import io.relook.job.async.OrderedStep;
import io.relook.job.check.CheckImagesFunction;
import io.relook.job.check.ImageRules;
import io.relook.job.dataset.DatasetSettings;
import io.relook.job.domain.CheckedImage;
import io.relook.job.domain.DatasetOutput;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.domain.RegistryInput;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.domain.TrainingOrder;
import io.relook.job.extraction.ExtractionFactory;
import io.relook.job.extraction.ExtractionOptions;
import io.relook.job.extraction.ExtractionSettings;
import io.relook.job.features.FeatureSettings;
import io.relook.job.importing.ImportFunction;
import io.relook.job.importing.ImportSettings;
import io.relook.job.kafka.KafkaConnections;
import io.relook.job.kafka.KafkaConnections.Pipeline;
import io.relook.job.kafka.KafkaMessageLog;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.kafka.Preflight;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.probe.ProbeFactory;
import io.relook.job.publication.PublicationSettings;
import io.relook.job.publication.PublishFunction;
import io.relook.job.quarantine.QuarantineSettings;
import io.relook.job.registry.RegistrySettings;
import io.relook.job.rejection.RejectionFactory;
import io.relook.job.removal.RemovalFactory;
import io.relook.job.removal.RemovePublishedFunction;
import io.relook.job.retry.RetryFunction;
import io.relook.job.signing.SigningSettings;
import io.relook.job.training.TrainFunction;
import io.relook.job.training.TrainingJobSettings;
import io.relook.job.training.WriteManifestFunction;
import io.relook.schemas.Topic;
import io.relook.schemas.access.AccessControl;
import io.relook.schemas.access.AccessPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.util.OutputTag;

/** Creates the parts of the graph from the options: sources, sinks, steps and functions. */
public final class Connections {

  private final JobConfig config;
  private final Preflight.Found found;
  private final KafkaConnections kafka;
  private final TopicRecords topics;
  private final AccessControl access;

  /**
   * @param found the topics as they are when the job starts
   */
  public Connections(JobConfig config, Preflight.Found found) {
    this.config = config;
    this.found = found;
    this.kafka = new KafkaConnections(config.kafka());
    this.topics =
        new TopicRecords(config.kafka().topicPrefix(), config.kafka().outputTopicPrefix());
    this.access =
        new AccessControl(
            config.bucket().name(),
            config.trust().policyFile().map(file -> AccessPolicy.read(Path.of(file))).orElse(null));
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

  QuarantineSettings quarantine() {
    return config.quarantine().with(found.instances());
  }

  OrderedStep.Factory<RejectedMessage, TopicRecord> writeRejections() {
    return new RejectionFactory(
        config.bucket().store(), config.bucket().name(), topics, messageLog());
  }

  private KafkaMessageLog messageLog() {
    return new KafkaMessageLog(config.kafka().bootstrapServers(), config.kafka().properties());
  }

  // --- control pipeline
  // ---------------------------------------------------------------------------

  OrderedStep.Factory<RegistryInput, RegistryInput> probe() {
    return new ProbeFactory(config.control().probe(), access);
  }

  RegistrySettings registry() {
    return new RegistrySettings(
        config.region(),
        found.imagePartitions(),
        config.control().partitioning(),
        config.control().quotas(),
        access,
        training().timeLimit().plus(config.data().testingTimeLimit()),
        ImportSettings.TIME_LIMIT);
  }

  SigningSettings signing() {
    return config.trust().markers().signing().orElseThrow();
  }

  // --- data pipeline
  // ------------------------------------------------------------------------------

  Optional<GpuSlots> gpuSlots() {
    return config.data().gpuSlots();
  }

  CheckImagesFunction checkImages(OutputTag<RejectedMessage> rejected) {
    return new CheckImagesFunction(
        new ImageRules(
            config.data().images().maxInlineBytes(),
            config.data().images().partitioning(),
            found.imagePartitions()),
        access,
        config.trust().markers().verification().orElseThrow(),
        quarantine(),
        rejected);
  }

  ExtractionOptions.Concurrency extractionConcurrency() {
    return config.data().extraction();
  }

  OrderedStep.Factory<CheckedImage, ImageChange> extraction(OutputTag<RejectedMessage> rejected) {
    TrainingJobSettings training = training();
    return new ExtractionFactory(
        new ExtractionSettings(
            config.bucket(),
            training.features(),
            training.accelerator(),
            training.limits(),
            extractionConcurrency().memory(),
            rejected),
        quarantine());
  }

  DatasetSettings dataset() {
    return config.data().dataset();
  }

  FeatureSettings features() {
    return training().features();
  }

  ImportFunction importManifest() {
    return new ImportFunction(config.data().imports(), access);
  }

  RetryFunction retryImages() {
    return new RetryFunction(
        config.bucket(),
        messageLog(),
        config.data().images().pictures().maxBytes(),
        config.data().unavailableFor());
  }

  OrderedStep.Factory<DatasetOutput, TrainingOrder> removeObjects(
      OutputTag<ObjectRemoval> published) {
    return new RemovalFactory(config.bucket(), published);
  }

  RemovePublishedFunction removePublished() {
    return new RemovePublishedFunction(config.bucket());
  }

  WriteManifestFunction writeManifest() {
    return new WriteManifestFunction(config.bucket().store(), config.bucket().name(), quarantine());
  }

  private TrainingJobSettings training() {
    return config.data().training();
  }

  TrainFunction train() {
    return new TrainFunction(training(), quarantine());
  }

  PublishFunction publish() {
    TrainingJobSettings training = training();
    return new PublishFunction(
        new PublicationSettings(
            config.bucket(),
            training.features().area(),
            training.fit().seed(),
            training.accelerator(),
            training.concurrency(),
            training.limits(),
            TrainerJob.version()),
        quarantine(),
        config.data().testingTimeLimit());
  }
}
