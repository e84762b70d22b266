package io.relook.job;

import io.relook.job.accelerator.GpuSlots;
import io.relook.job.async.BoundedAsyncFunction;
import io.relook.job.async.OrderedDrainingOperatorFactory;
import io.relook.job.check.CheckCommandsFunction;
import io.relook.job.dataset.DatasetFunction;
import io.relook.job.domain.CheckedImage;
import io.relook.job.domain.DatasetOutput;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.ImportRequest;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.domain.RegistryInput;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.domain.RetryRequest;
import io.relook.job.domain.TrainingOrder;
import io.relook.job.domain.TrainingRequest;
import io.relook.job.domain.TrainingResult;
import io.relook.job.importing.Import;
import io.relook.job.importing.WriteImportFunction;
import io.relook.job.kafka.EncodeFunction;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.probe.ProbeSettings;
import io.relook.job.registry.RegistryFunction;
import io.relook.job.rejection.WriteRejectionStep;
import io.relook.job.removal.RemoveObjectsStep;
import io.relook.job.retry.Retried;
import io.relook.job.retry.WriteRetryFunction;
import io.relook.schemas.Topic;
import io.relook.wire.TrainingOutcome;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SideOutputDataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.OutputTag;

/**
 * The graph, and nothing else, in the order data flows.
 *
 * <pre>
 *                ┌────────────────────────────── outcomes ◄─────────────────────────────┐
 *                ▼                                                                      │
 * commands ─► check ─► probe bucket ─► registry ─► replies · models · projects          │
 *                                         └─► cut markers, into every partition of images
 *                                                                                       │
 * images ─► check ─► store, extract features ─► data set ─► remove objects ─► write manifest
 *                     (once per picture)           │                          ─► train ─► publish
 *                                                  ├─► datasets · outcomes
 *                                                  ├─► import manifest ─► images · outcomes
 *                                                  └─► retry images ─► images
 *
 * removed published files ◄─ remove objects
 * rejections ◄─ both checks, registry, extract features, data set
 * </pre>
 *
 * <p>There is no edge between the two pipelines: what joins them is in the log. From source to data
 * set nothing rebalances before the key-by, so each partition's order is kept. There are no
 * watermarks.
 */
public final class TrainingPipeline {

  static final OutputTag<RejectedMessage> REJECTED =
      new OutputTag<>("rejected", TypeInformation.of(RejectedMessage.class));
  static final OutputTag<TopicRecord> RECORDS =
      new OutputTag<>("records", TypeInformation.of(TopicRecord.class));

  static final OutputTag<ImportRequest> IMPORTS =
      new OutputTag<>("imports", TypeInformation.of(ImportRequest.class));

  static final OutputTag<ObjectRemoval> PUBLISHED =
      new OutputTag<>("published", TypeInformation.of(ObjectRemoval.class));

  static final OutputTag<RetryRequest> RETRIES =
      new OutputTag<>("retries", TypeInformation.of(RetryRequest.class));

  /** Functions limit the time of their work themselves: Flink's limit counts the wait in line. */
  private static final long NO_TIME_OUT = 0;

  private final Connections connections;

  public TrainingPipeline(Connections connections) {
    this.connections = connections;
  }

  /** Adds the control pipeline: commands in; replies, models, projects and cut markers out. */
  public void buildControl(StreamExecutionEnvironment env) {
    SingleOutputStreamOperator<RegistryInput> commands =
        checkCommands(read(env, Topic.COMMANDS, Operator.READ_COMMANDS));
    SingleOutputStreamOperator<RegistryInput> outcomes =
        checkOutcomes(read(env, Topic.OUTCOMES, Operator.READ_OUTCOMES));
    SingleOutputStreamOperator<TopicRecord> replies =
        registry(probeBucket(commands).union(outcomes));
    DataStream<TopicRecord> rejections =
        writeRejections(
            rejectedBy(commands).union(rejectedBy(outcomes), rejectedBy(replies)),
            Operator.WRITE_COMMAND_REJECTIONS);
    Operator.WRITE_CONTROL.names(
        replies
            .union(commands.getSideOutput(RECORDS), rejections)
            .sinkTo(connections.controlSink()));
  }

  /** Adds the data pipeline: images in; outcomes of trainings, data sets and rejections out. */
  public void buildData(StreamExecutionEnvironment env) {
    connections.gpuSlots().ifPresent(slots -> slots.register(env));
    SingleOutputStreamOperator<CheckedImage> images = checkImages(readImages(env));
    SingleOutputStreamOperator<ImageChange> changes = extractFeatures(images);
    SingleOutputStreamOperator<DatasetOutput> outputs = dataset(changes);
    DataStream<TrainingOrder> trainingOrders = removeObjects(outputs);
    DataStream<TrainingRequest> requests = writeManifest(trainingOrders);
    DataStream<TrainingResult> results = train(requests);
    DataStream<TopicRecord> outcomes = publish(results);
    DataStream<TopicRecord> rejections =
        writeRejections(
            rejectedBy(images).union(rejectedBy(changes), rejectedBy(outputs)),
            Operator.WRITE_IMAGE_REJECTIONS);
    Operator.WRITE_DATA.names(
        outcomes
            .union(
                outputs.getSideOutput(RECORDS),
                importManifest(outputs),
                retryImages(outputs),
                rejections)
            .sinkTo(connections.dataSink()));
  }

  private SingleOutputStreamOperator<KafkaRecord> read(
      StreamExecutionEnvironment env, Topic topic, Operator operator) {
    return operator.names(
        env.fromSource(
            connections.source(topic), WatermarkStrategy.noWatermarks(), operator.displayName()));
  }

  /** In the same slots as extraction, so that pictures cross no network to get there. */
  private DataStream<KafkaRecord> readImages(StreamExecutionEnvironment env) {
    return accelerated(read(env, Topic.IMAGES, Operator.READ_IMAGES));
  }

  private SingleOutputStreamOperator<RegistryInput> checkCommands(DataStream<KafkaRecord> records) {
    return Operator.CHECK_COMMANDS.names(records.process(checking(Topic.COMMANDS)));
  }

  private SingleOutputStreamOperator<RegistryInput> checkOutcomes(DataStream<KafkaRecord> records) {
    return Operator.CHECK_OUTCOMES.names(records.process(checking(Topic.OUTCOMES)));
  }

  private CheckCommandsFunction checking(Topic topic) {
    return new CheckCommandsFunction(
        topic, connections.quarantine(), REJECTED, connections.topics(), RECORDS);
  }

  private DataStream<RegistryInput> probeBucket(DataStream<RegistryInput> commands) {
    return Operator.PROBE_BUCKET.names(
        commands.transform(
            Operator.PROBE_BUCKET.uid(),
            TypeInformation.of(RegistryInput.class),
            new OrderedDrainingOperatorFactory<>(
                connections.probe(), ProbeSettings.THREADS, ProbeSettings.QUEUE)));
  }

  private SingleOutputStreamOperator<TopicRecord> registry(DataStream<RegistryInput> inputs) {
    return Operator.REGISTRY.names(
        inputs
            .keyBy(RegistryInput::account, Types.STRING)
            .process(
                new RegistryFunction(
                    connections.registry(),
                    connections.signing(),
                    connections.topics(),
                    REJECTED)));
  }

  private SingleOutputStreamOperator<CheckedImage> checkImages(DataStream<KafkaRecord> records) {
    return Operator.CHECK_IMAGES.names(
        accelerated(records.process(connections.checkImages(REJECTED))));
  }

  private SingleOutputStreamOperator<ImageChange> extractFeatures(DataStream<CheckedImage> images) {
    return Operator.EXTRACT_FEATURES.names(
        accelerated(
            images.transform(
                Operator.EXTRACT_FEATURES.uid(),
                TypeInformation.of(ImageChange.class),
                new OrderedDrainingOperatorFactory<>(
                    connections.extraction(REJECTED),
                    connections.extractionConcurrency().threads(),
                    connections.extractionConcurrency().queue()))));
  }

  private SingleOutputStreamOperator<DatasetOutput> dataset(DataStream<ImageChange> changes) {
    return Operator.DATASET.names(
        changes
            .keyBy(ImageChange::datasetKey, Types.STRING)
            .process(
                new DatasetFunction(
                    connections.dataset(),
                    connections.features(),
                    connections.quarantine(),
                    connections.topics(),
                    new DatasetFunction.Tags(RECORDS, IMPORTS, RETRIES, REJECTED)))
            // Without a GPU, as all that follows and does not ask for one again.
            .slotSharingGroup(GpuSlots.PLAIN_GROUP));
  }

  private DataStream<TopicRecord> importManifest(
      SingleOutputStreamOperator<DatasetOutput> outputs) {
    DataStream<Import> imports =
        Operator.IMPORT_MANIFEST.names(
            async(outputs.getSideOutput(IMPORTS), connections.importManifest()));
    return Operator.WRITE_IMPORT.names(
        imports.flatMap(new WriteImportFunction(connections.topics())));
  }

  private DataStream<TopicRecord> retryImages(SingleOutputStreamOperator<DatasetOutput> outputs) {
    DataStream<Retried> retried =
        Operator.RETRY_IMAGES.names(
            async(outputs.getSideOutput(RETRIES), connections.retryImages()));
    return Operator.WRITE_RETRIES.names(
        retried.flatMap(new WriteRetryFunction(connections.signing(), connections.topics())));
  }

  private DataStream<TrainingOrder> removeObjects(DataStream<DatasetOutput> outputs) {
    SingleOutputStreamOperator<TrainingOrder> orders =
        Operator.REMOVE_OBJECTS.names(
            outputs.transform(
                Operator.REMOVE_OBJECTS.uid(),
                TypeInformation.of(TrainingOrder.class),
                new OrderedDrainingOperatorFactory<>(
                    connections.removeObjects(PUBLISHED),
                    RemoveObjectsStep.THREADS,
                    RemoveObjectsStep.QUEUE)));
    Operator.REMOVE_PUBLISHED.names(
        async(orders.getSideOutput(PUBLISHED), connections.removePublished()));
    return orders;
  }

  private DataStream<TrainingRequest> writeManifest(DataStream<TrainingOrder> trainingOrders) {
    return Operator.WRITE_MANIFEST.names(async(trainingOrders, connections.writeManifest()));
  }

  /** Over all slots: a project's trainings would else run where its data set is. */
  private DataStream<TrainingResult> train(DataStream<TrainingRequest> requests) {
    return Operator.TRAIN.names(accelerated(async(requests.rebalance(), connections.train())));
  }

  private DataStream<TopicRecord> publish(DataStream<TrainingResult> results) {
    DataStream<TrainingOutcome> outcomes =
        Operator.PUBLISH.names(accelerated(async(results, connections.publish())));
    return Operator.ENCODE_OUTCOMES.names(
        outcomes.map(new EncodeFunction<>(Topic.OUTCOMES, connections.topics())));
  }

  private DataStream<TopicRecord> writeRejections(
      DataStream<RejectedMessage> rejected, Operator operator) {
    return operator.names(
        rejected.transform(
            operator.uid(),
            TypeInformation.of(TopicRecord.class),
            new OrderedDrainingOperatorFactory<>(
                connections.writeRejections(),
                WriteRejectionStep.THREADS,
                WriteRejectionStep.QUEUE)));
  }

  /** Beside the stream, in any order; what is in flight is in the checkpoint. */
  private static <IN, OUT> SingleOutputStreamOperator<OUT> async(
      DataStream<IN> elements, BoundedAsyncFunction<IN, OUT> function) {
    return AsyncDataStream.unorderedWait(
        elements, function, NO_TIME_OUT, TimeUnit.MILLISECONDS, BoundedAsyncFunction.CAPACITY);
  }

  /** Into a slot with a GPU, when the job asks for such slots. */
  private <T> SingleOutputStreamOperator<T> accelerated(SingleOutputStreamOperator<T> operator) {
    Optional<GpuSlots> slots = connections.gpuSlots();
    if (slots.isEmpty()) {
      return operator;
    }
    slots.get().ownParallelism().ifPresent(operator::setParallelism);
    return operator.slotSharingGroup(GpuSlots.GROUP);
  }

  private static SideOutputDataStream<RejectedMessage> rejectedBy(
      SingleOutputStreamOperator<?> operator) {
    return operator.getSideOutput(REJECTED);
  }
}
