package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.client.ImageSource;
import io.relook.embedded.EmbeddedKafka;
import io.relook.job.contract.Contract;
import io.relook.job.stack.Log;
import io.relook.job.stack.RealPictures;
import io.relook.job.stack.SmallPictures;
import io.relook.job.stack.TestStack;
import io.relook.job.stack.Workload;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.ExceptionCode;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.OutputConfig;
import io.relook.wire.Rejection;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import io.relook.wire.ServiceException;
import io.relook.wire.TrainingOutcome;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad input ends in rejections, repeats are answered, and crashes lose and double nothing. */
class FailureIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final MessageCodec CODEC = MessageCodec.standard();
  private static final String PROJECT = "parts";

  @Test
  void badMessagesEndInOneRejectionEachAndTheJobGoesOn(@TempDir Path directory) throws Exception {
    try (TestStack stack = TestStack.start(directory, 2);
        Workload workload = new Workload(stack.connect(), PROJECT);
        KafkaProducer<byte[], byte[]> raw = rawProducer(stack, Map.of())) {
      stack.startJob(2);
      byte[] jpeg = jpeg();
      Map<String, byte[]> bad = new HashMap<>();
      bad.put("UNDECODABLE", "not avro".getBytes(StandardCharsets.UTF_8));
      bad.put("UNREADABLE_PICTURE", image("truncated", Arrays.copyOf(jpeg, jpeg.length / 2)));
      bad.put("PICTURE_TOO_LARGE", image("bomb", pngHeader(30_000, 30_000)));
      bad.put(
          "UNSUPPORTED_FORMAT",
          image("gif", "GIF89a-and-more-bytes".getBytes(StandardCharsets.UTF_8)));
      bad.put("PICTURE_NOT_FOUND", located("nowhere"));
      Map<String, String> placeOf = new HashMap<>();
      for (Map.Entry<String, byte[]> message : bad.entrySet()) {
        RecordMetadata place = send(raw, "relook.images", message.getValue());
        placeOf.put(
            place.topic() + "-" + place.partition() + "-" + place.offset(), message.getKey());
      }
      byte[] noise = image("noise", new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
      RecordMetadata noisePlace = send(raw, "relook.images", noise);
      RecordMetadata badCommand = send(raw, "relook.commands", new byte[] {9, 9, 9});
      placeOf.put(
          noisePlace.topic() + "-" + noisePlace.partition() + "-" + noisePlace.offset(),
          "UNSUPPORTED_FORMAT");
      placeOf.put("relook.commands-0-" + badCommand.offset(), "UNDECODABLE");
      bad.put("noise", noise);

      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> rejections(workload).size() >= placeOf.size());
      List<Rejection> rejections = rejections(workload);
      Map<String, String> codes = new HashMap<>();
      for (Rejection rejection : rejections) {
        String place =
            rejection.getTopic() + "-" + rejection.getPartition() + "-" + rejection.getOffset();
        codes.put(place, rejection.getCode());
        assertThat(rejection.getMessage()).as(rejection.getCode()).endsWith(".");
        assertThat(rejection.getStage()).isNotEmpty();
        assertThat(rejection.getOriginalBytes().remaining())
            .isEqualTo((int) rejection.getOriginalLength());
      }
      assertThat(rejections).hasSize(placeOf.size());
      assertThat(codes).isEqualTo(placeOf);
      // The job goes on.
      assertThat(workload.createProject().getError()).isNull();
    }
  }

  @Test
  void theSameTokenStartsOneTrainingAndIsAnsweredAlike(@TempDir Path directory) {
    try (TestStack stack = small(directory);
        Workload workload = new Workload(stack.connect(), PROJECT)) {
      stack.startJob(2);
      workload.createProject();
      for (int i = 0; i < 12; i++) {
        var unused = workload.sendImage("image-" + i, Label.NORMAL, SmallPictures.png(i));
      }
      workload.flush();
      CommandReply first = workload.createModel("the-token");
      CommandReply again = workload.createModel("the-token");
      assertThat(again.getAnswer()).isEqualTo(first.getAnswer());
      assertThat(again.getReplayed()).isTrue();
      workload.awaitEnd(first);
      CommandReply afterwards = workload.createModel("the-token");
      assertThat(afterwards.getAnswer()).isEqualTo(first.getAnswer());
      CommandReply other =
          workload.send(
              CreateModel.newBuilder(workload.createModelCommand("the-token"))
                  .setDescription("another-description")
                  .build());
      assertThat(other.getError().getCode()).isEqualTo(ExceptionCode.ConflictException);
      CommandReply fresh = workload.createModel("another-token");
      assertThat(((ModelMetadata) fresh.getAnswer()).getModelVersion()).isEqualTo("2");
      workload.awaitEnd(fresh);
      assertThat(Log.records(workload.relook(), Topic.OUTCOMES, TrainingOutcome.class)).hasSize(2);
    }
  }

  @Test
  @Contract("ACCESS-BUCKET")
  void aMissingOutputBucketFailsTheCommandAndTheNextSucceeds(@TempDir Path directory) {
    try (TestStack stack = small(directory);
        Workload workload = new Workload(stack.connect(), PROJECT)) {
      stack.startJob(2);
      workload.createProject();
      for (int i = 0; i < 12; i++) {
        var unused = workload.sendImage("image-" + i, Label.NORMAL, SmallPictures.png(i));
      }
      workload.flush();
      CreateModel nowhere =
          CreateModel.newBuilder(workload.createModelCommand("nowhere"))
              .setOutputConfig(new OutputConfig(new S3Location("not-there", "")))
              .build();
      ServiceException rejected = workload.send(nowhere).getError();
      assertThat(rejected.getCode()).isEqualTo(ExceptionCode.ValidationException);
      assertThat(rejected.getMessage())
          .isEqualTo(
              "OutputConfig.S3Location.Bucket is 'not-there': There is no bucket not-there. Create"
                  + " it, or name another one.");
      ModelMetadata next = workload.awaitEnd(workload.createModel("somewhere"));
      assertThat(next.getStatus()).as(next.getStatusMessage()).isEqualTo(ModelStatus.TRAINED);
      assertThat(next.getModelVersion()).isEqualTo("1");
    }
  }

  @Test
  void aTaskManagerKilledInATrainingLeavesOneModel(@TempDir Path directory) throws Exception {
    List<ImageSource> cookies = RealPictures.category("cookie");
    try (TestStack stack = TestStack.start(directory, 2).option("features.area", "16384");
        Workload workload = new Workload(stack.connect(), PROJECT)) {
      stack.startJob(2);
      workload.createProject();
      workload.sendAll(cookies);
      CommandReply reply = workload.createModel("token");
      Path manifests = directory.resolve("s3/objects/relook/manifests");
      // The manifest is the last thing written before a training begins.
      Awaitility.await().atMost(PATIENCE).until(() -> Files.isDirectory(manifests));
      stack.flink().terminateTaskManager(0);
      stack.flink().terminateTaskManager(1);
      assertThat(Log.records(workload.relook(), Topic.OUTCOMES, TrainingOutcome.class))
          .as("the training was running when it was killed")
          .isEmpty();
      stack.flink().startTaskManager();
      ModelMetadata model = workload.awaitEnd(reply);

      assertThat(model.getStatus()).as(model.getStatusMessage()).isEqualTo(ModelStatus.TRAINED);
      assertThat(Log.records(workload.relook(), Topic.MODELS, ModelMetadata.class))
          .extracting(ModelMetadata::getStatus)
          .containsExactly(ModelStatus.TRAINING, ModelStatus.TRAINED);
      try (var files = Files.list(directory.resolve("s3/objects/models").resolve(PROJECT))) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .containsExactlyInAnyOrder(
                "Model-parts-1.onnx",
                "Report-parts-1.html",
                "TrainingManifest-parts-1.json",
                "EvaluationManifest-parts-1.json",
                "EvaluationResult-parts-1.json");
      }
    }
  }

  @Test
  void aCrashAndADowntimeBeyondATransactionTimeoutLoseAndDoubleNothing(@TempDir Path directory)
      throws Exception {
    int projects = 40;
    EmbeddedKafka.Settings broker =
        EmbeddedKafka.Settings.defaults().endingTimedOutTransactionsEvery(Duration.ofSeconds(1));
    try (TestStack stack = TestStack.start(directory, 2, 1, 2, broker);
        KafkaProducer<byte[], byte[]> raw = rawProducer(stack, Map.of())) {
      stack.option("quota.requests-per-second", Integer.toString(projects));
      stack.checkpointEvery(Duration.ofHours(1)).startJob(2);
      for (int i = 0; i < projects; i++) {
        Command command =
            Command.newBuilder()
                .setRequestId("request-" + i)
                .setAccount(Workload.ACCOUNT)
                .setRequestedAt(Instant.EPOCH)
                .setBody(new CreateProject("project-" + i, null))
                .build();
        send(raw, "relook.commands", CODEC.encode(command));
      }
      awaitUncommittedReplies(stack, projects);
      String savepoint = stack.crashBeforeCommit();
      assertThat(replies(stack)).as("nothing was committed before the crash").isEmpty();
      awaitATransactionTimingOut(stack);
      stack.checkpointEvery(Duration.ofMillis(200)).startJob(2, Optional.of(savepoint));
      Awaitility.await().atMost(PATIENCE).until(() -> replies(stack).size() >= projects);
      assertThat(replies(stack))
          .extracting(CommandReply::getRequestId)
          .doesNotHaveDuplicates()
          .hasSize(projects);
      assertThat(replies(stack)).allSatisfy(reply -> assertThat(reply.getError()).isNull());
    }
  }

  private static List<CommandReply> replies(TestStack stack) {
    return Log.records(stack.connect(), Topic.REPLIES, CommandReply.class);
  }

  private static void awaitUncommittedReplies(TestStack stack, int count) {
    TopicPartition replies = new TopicPartition("relook.replies", 0);
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", stack.kafka().bootstrapServers()))) {
      Awaitility.await()
          .atMost(PATIENCE)
          .until(
              () ->
                  admin
                          .listOffsets(Map.of(replies, OffsetSpec.latest()))
                          .partitionResult(replies)
                          .get()
                          .offset()
                      >= count);
    }
  }

  /** Opens a transaction with a short time-out and waits until the broker has ended it. */
  private static void awaitATransactionTimingOut(TestStack stack) throws Exception {
    try (KafkaProducer<byte[], byte[]> sentinel =
            rawProducer(
                stack, Map.of("transactional.id", "sentinel", "transaction.timeout.ms", "2000"));
        Admin admin = Admin.create(Map.of("bootstrap.servers", stack.kafka().bootstrapServers()))) {
      sentinel.initTransactions();
      sentinel.beginTransaction();
      sentinel.send(new ProducerRecord<>("relook.predictions", new byte[] {1})).get();
      Awaitility.await()
          .atMost(PATIENCE)
          .until(
              () ->
                  admin
                          .describeTransactions(List.of("sentinel"))
                          .description("sentinel")
                          .get()
                          .state()
                      == TransactionState.COMPLETE_ABORT);
    }
  }

  private static TestStack small(Path directory) {
    return TestStack.start(directory, 2).smallBackbone().option("dataset.minimums", "false");
  }

  private static List<Rejection> rejections(Workload workload) {
    return Log.records(workload.relook(), Topic.REJECTIONS, Rejection.class);
  }

  private static RecordMetadata send(
      KafkaProducer<byte[], byte[]> producer, String topic, byte[] value) throws Exception {
    return producer.send(new ProducerRecord<>(topic, value)).get();
  }

  private static KafkaProducer<byte[], byte[]> rawProducer(
      TestStack stack, Map<String, String> more) {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", stack.kafka().bootstrapServers());
    properties.putAll(more);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static byte[] image(String sourceRef, byte[] picture) {
    return CODEC.encode(labeled(sourceRef).setImageBytes(ByteBuffer.wrap(picture)).build());
  }

  private static byte[] located(String sourceRef) {
    return CODEC.encode(
        labeled(sourceRef)
            .setImageLocation(new S3Object(TestStack.OUTPUT_BUCKET, "not/there.jpg", null))
            .build());
  }

  private static LabeledImage.Builder labeled(String sourceRef) {
    return LabeledImage.newBuilder()
        .setAccount(Workload.ACCOUNT)
        .setProject(PROJECT)
        .setSourceRef(sourceRef)
        .setLabel(Label.NORMAL);
  }

  private static byte[] jpeg() throws Exception {
    var picture = new BufferedImage(96, 96, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 96 * 96; i++) {
      picture.setRGB(i % 96, i / 96, i * 2_654_435);
    }
    var bytes = new ByteArrayOutputStream();
    ImageIO.write(picture, "jpeg", bytes);
    return bytes.toByteArray();
  }

  /** A PNG that says it is this large and goes no further. */
  private static byte[] pngHeader(int width, int height) {
    ByteBuffer chunk = ByteBuffer.allocate(17);
    chunk.put("IHDR".getBytes(StandardCharsets.US_ASCII)).putInt(width).putInt(height);
    chunk.put(new byte[] {8, 2, 0, 0, 0});
    CRC32 crc = new CRC32();
    crc.update(chunk.array());
    ByteBuffer png = ByteBuffer.allocate(8 + 4 + 17 + 4);
    png.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    png.putInt(13).put(chunk.array()).putInt((int) crc.getValue());
    return png.array();
  }
}
