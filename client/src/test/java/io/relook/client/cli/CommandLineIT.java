package io.relook.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.relook.client.BucketClient;
import io.relook.client.RelookConnection;
import io.relook.client.RelookSettings;
import io.relook.client.Setting;
import io.relook.client.TopicReader;
import io.relook.client.pictures.Drawn;
import io.relook.embedded.EmbeddedKafka;
import io.relook.embedded.EmbeddedS3;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Sha256;
import io.relook.schemas.Topic;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateDataset;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetDescription;
import io.relook.wire.DatasetImageStats;
import io.relook.wire.DatasetMetadata;
import io.relook.wire.DatasetStatus;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteDataset;
import io.relook.wire.DeleteModel;
import io.relook.wire.DeleteProject;
import io.relook.wire.ExceptionCode;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.ImportCounts;
import io.relook.wire.LabeledImage;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelPerformance;
import io.relook.wire.ModelStatus;
import io.relook.wire.ProjectDescription;
import io.relook.wire.ProjectMetadata;
import io.relook.wire.Provenance;
import io.relook.wire.Rejection;
import io.relook.wire.ResourceArn;
import io.relook.wire.ResourceType;
import io.relook.wire.S3Object;
import io.relook.wire.ServiceException;
import io.relook.wire.Tag;
import io.relook.wire.TagResource;
import io.relook.wire.UpdateDatasetEntries;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The command line against a real broker and store. In place of the job there is {@link CannedJob},
 * which answers each command as its project's name asks for.
 */
// JUnit fills the fields that NullAway sees empty.
@SuppressWarnings("NullAway.Init")
// A record that never comes fails the test instead of holding up the build.
@Timeout(120)
class CommandLineIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final byte[] MODEL = "an ONNX file".getBytes(StandardCharsets.UTF_8);

  @TempDir private static Path directory;
  private static EmbeddedKafka kafka;
  private static EmbeddedS3 s3;
  private static RelookConnection connection;
  private static CannedJob job;

  @BeforeAll
  static void startEverything() {
    kafka = EmbeddedKafka.start(directory.resolve("kafka"));
    s3 = EmbeddedS3.startTransient();
    s3.createBucket("relook");
    s3.createBucket("models");
    System.setProperty("aws.accessKeyId", s3.accessKeyId());
    System.setProperty("aws.secretAccessKey", s3.secretAccessKey());
    connection =
        new RelookConnection(
            RelookSettings.of(kafka.bootstrapServers())
                .with(Setting.S3_ENDPOINT, s3.endpoint().toString()));
    connection.topics().create(Map.of(), Optional.empty());
    job = new CannedJob();
    job.start();
  }

  @AfterAll
  static void stopEverything() throws InterruptedException {
    job.stopped = true;
    job.join();
    s3.close();
    kafka.close();
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  @Test
  void topicsAreCreatedOnceAndThenExist() throws IOException {
    Ran first = relook("topics", "create", "--topic-prefix=cli.", "--partitions", "images=2");
    assertThat(first.exitCode()).isEqualTo(0);
    assertThat(first.lines())
        .startsWith("TOPIC            PARTITIONS  STATE", "cli.images       2           created")
        .hasSize(Topic.values().length + 1);
    Ran second = relook("topics", "create", "--topic-prefix=cli.", "--output=json");
    JsonNode states = JSON.readTree(second.out());
    assertThat(states.get(0).path("created").asBoolean()).isFalse();
    assertThat(states.get(0).path("differences").get(0).asText())
        .isEqualTo("partitions is 2, not 6");
    assertThat(states.get(1).path("differences")).isEmpty();
  }

  @Test
  void anImportThatLostLinesSaysSoAndFails() {
    Ran lossy = relook("dataset", "import", "--project=lossy", "s3://factory/m");
    assertThat(lossy.exitCode()).isEqualTo(1);
    assertThat(lossy.out()).contains("32 lines: 30 taken, 1 of them unlabelled, 2 rejected");
  }

  @Test
  void aManifestIsUploadedImportedAndWaitedFor() throws IOException {
    Path manifest = directory.resolve("train.manifest");
    Files.writeString(
        manifest,
        """
        {"source-ref":"s3://factory/1.jpg","anomaly-label":0,"anomaly-label-metadata":\
        {"class-name":"normal","type":"groundtruth/image-classification"}}""");
    Ran first = relook("dataset", "import", "--project=imported", manifest.toString());
    assertThat(first.exitCode()).as(first.err()).isEqualTo(0);
    assertThat(first.err()).contains("CREATE_IN_PROGRESS: The dataset is creating.");
    assertThat(first.out())
        .contains("imported, train", "CREATE_COMPLETE: It is there.", "30: 30 normal");
    S3Object uploaded = ((CreateDataset) job.lastDatasetCommand).getGroundTruthManifest();
    Path copy = directory.resolve("copy.manifest");
    try (BucketClient store = connection.store()) {
      store.download(uploaded, copy);
    }
    assertThat(copy).hasSameTextualContentAs(manifest);

    Ran again = relook("dataset", "import", "--project=imported", "s3://factory/more.manifest");
    assertThat(again.exitCode()).as(again.err()).isEqualTo(0);
    assertThat(((UpdateDatasetEntries) job.lastDatasetCommand).getChanges())
        .isEqualTo(new S3Object("factory", "more.manifest", null));
  }

  @Test
  void aRejectedManifestFailsWithItsMessage() {
    Ran refused =
        relook(
            "dataset",
            "create",
            "--project=refused",
            "--dataset=test",
            "--manifest=s3://factory/bad.manifest",
            "--wait");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.out()).contains("CREATE_FAILED: Line 3 is bad.");
  }

  @Test
  void dataSetsAreListedAndDescribed() throws IOException {
    relook("dataset", "create", "--project=listed", "--manifest=s3://factory/m", "--wait");

    assertThat(relook("dataset", "list", "--project=listed").lines())
        .hasSize(2)
        .first()
        .asString()
        .startsWith("PROJECT  DATASET  STATUS");
    Ran described = relook("dataset", "describe", "--project=listed", "--output=json");
    assertThat(JSON.readTree(described.out()).at("/imageStats/total").asInt()).isEqualTo(30);
    assertThat(relook("dataset", "describe", "--project=nowhere").exitCode()).isEqualTo(1);
  }

  @Test
  void aThrottledCommandIsSentAgainAndAnExceptionShowsItsMembers() {
    Ran twice =
        relook("model", "delete", "--project=p", "--model-version=1", "--client-token=twice");
    assertThat(twice.exitCode()).as(twice.err()).isEqualTo(0);
    assertThat(twice.out()).isEqualTo("Version 1 of project p was deleted.%n".formatted());
    Ran refused = relook("model", "delete", "--project=p", "--model-version=9");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err())
        .contains(
            "ServiceQuotaExceededException: Too much. (ResourceType MODEL, ResourceId arn:9,"
                + " QuotaCode relook-q, ServiceCode lookoutvision)");
  }

  @Test
  void tagsGoToTheModelOfAVersion() {
    relook("model", "create", "--project=tagged", "--output=s3://models/", "--wait");
    Ran tagged = relook("tag", "add", "--project=tagged", "line=4", "shift=a");

    assertThat(tagged.exitCode()).as(tagged.err()).isEqualTo(0);
    assertThat(job.lastTagged.getResourceArn())
        .isEqualTo("arn:aws:lookoutvision:us-east-1:000000000000:model/tagged/1");
    assertThat(job.lastTagged.getTags())
        .containsExactly(new Tag("line", "4"), new Tag("shift", "a"));
  }

  @Test
  void aFolderIsSentLabelledAndWithdrawnAndTailShowsItAll() throws IOException {
    Path folder = directory.resolve("photos");
    Drawn.put(folder, "good/1.jpg", "cracked/2.jpg", "ground_truth/cracked/2_mask.png");
    byte[] good = Files.readAllBytes(folder.resolve("good/1.jpg"));
    relook("project", "create", "--project=cookies");
    Ran sent = relook("images", "send", "--project=cookies", folder.toString());
    assertThat(sent.exitCode()).isZero();
    assertThat(sent.err().lines().map(line -> line.replaceAll(" +", " ")))
        .containsExactly(
            "In photos:",
            "DATA SET LABEL CLASS PICTURES MASKS",
            "train normal - 1 0",
            "train anomaly cracked 1 1",
            "all 2 1");
    assertThat(sent.out())
        .startsWith(
            "Sent 2 pictures to project cookies: 1 normal, 1 anomaly, 1 with mask (0.0 MB,");
    Ran labelled =
        relook(
            "images",
            "label",
            "--project=cookies",
            "photos/good/1.jpg",
            "--label=anomaly",
            "--defect-class=dent",
            "--dataset=test");
    assertThat(labelled.out())
        .isEqualTo(
            "Sent the label anomaly of photos/good/1.jpg to project cookies. relook rejects it if there is no such image; give --wait to be told.%n"
                .formatted());
    Ran withdrawn =
        relook("images", "withdraw", "--project=cookies", "photos/good/1.jpg", "--output=json");
    assertThat(JSON.readTree(withdrawn.out()).path("topic").asText()).isEqualTo("relook.images");

    List<JsonNode> tail = tail("images", "--key", "000000000000/cookies");
    assertThat(tail)
        .extracting(line -> line.path("type").asText())
        .containsExactly("LabeledImage", "LabeledImage", "LabeledImage", "ImageWithdrawal");
    assertThat(tail.get(1).path("value").path("imageBytes").toString())
        .isEqualTo("{\"bytes\":%d,\"sha256\":\"%s\"}".formatted(good.length, Sha256.hex(good)));
    assertThat(tail.get(2).path("value").path("imageBytes").isNull()).isTrue();
    assertThat(tail.get(2).path("value").path("imageLocation").isNull()).isTrue();
    assertThat(tail.get(2).path("value").path("dataset").asText()).isEqualTo("TEST");
    assertThat(tail("images", "--key=000000000000/cookies", "--max=2")).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "images withdraw --project=nowhere a.png",
        "images withdraw --project=nowhere --wait a.png",
        "images label --project=nowhere --label=normal a.png",
        "images send --project=nowhere FOLDER",
        "images send --project=nowhere --wait FOLDER",
      })
  void nothingIsSentToAProjectThatDoesNotExist(String line) throws IOException {
    Path folder = directory.resolve("nowhere");
    Drawn.put(folder, "good/1.jpg");
    Ran ran = relook(line.replace("FOLDER", folder.toString()).split(" "));

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.err())
        .endsWith(
            "relook: Account 000000000000 has no project nowhere: check the name, or create it with 'relook project create --project nowhere'.%n"
                .formatted());
    assertThat(tail("images", "--key=000000000000/nowhere")).isEmpty();
  }

  @Test
  void whoeverWaitsIsToldWhatBecameOfIt() throws IOException {
    relook("project", "create", "--project=told");
    Ran withdrawn = relook("images", "withdraw", "--project=told", "--wait", "a.png");
    assertThat(withdrawn.err()).isEmpty();
    assertThat(withdrawn.out()).isEqualTo("Withdrew a.png from project told.%n".formatted());
    assertThat(withdrawn.exitCode()).isZero();
    assertThat(
            relook("images", "label", "--project=told", "--label=normal", "--wait", "a.png").out())
        .isEqualTo("Labelled a.png normal in project told.%n".formatted());

    for (String[] change :
        new String[][] {
          {"images", "withdraw", "--project=told", "--wait", "missing.png"},
          {"images", "label", "--project=told", "--label=none", "--wait", "missing.png"},
        }) {
      Ran refused = relook(change);
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.err())
          .isEqualTo("relook: Rejected: There is no missing.png.%n".formatted());
    }

    Path folder = directory.resolve("told");
    Drawn.put(folder, "good/1.jpg", "good/missing.jpg");
    Ran sent = relook("images", "send", "--project=told", "--wait", folder.toString());
    assertThat(sent.exitCode()).isEqualTo(1);
    assertThat(sent.out())
        .contains(
            "Sent 2 pictures to project told: ",
            "1 was rejected:",
            "  told/good/missing.jpg: There is no told/good/missing.jpg.",
            "All rejections: 'relook rejections list --project told'.");
    Files.delete(folder.resolve("good/missing.jpg"));
    sent = relook("images", "send", "--project=told", "--wait", folder.toString());
    assertThat(sent.exitCode()).isZero();
    assertThat(sent.out()).endsWith(" None was rejected.%n".formatted());
    assertThat(
            JSON.readTree(
                    relook(
                            "images",
                            "send",
                            "--project=told",
                            "--wait",
                            "--output=json",
                            folder.toString())
                        .out())
                .path("rejected")
                .asInt(-1))
        .isZero();

    relook("project", "create", "--project=unanswered");
    Ran unanswered =
        relook(
            "images", "withdraw", "--project=unanswered", "--wait", "--wait-timeout=1s", "a.png");
    assertThat(unanswered.exitCode()).isEqualTo(3);
    assertThat(unanswered.err()).contains("relook did not carry them out within 1 s");
  }

  @Test
  void whatIsLeftOutIsSaidAndTheRestIsSent() throws IOException {
    Path folder = directory.resolve("mixed");
    Drawn.put(folder, "good/1.jpg", "good/2.bmp", "cracked/3.png", "cracked/4.tiff", "notes.txt");
    relook("project", "create", "--project=mixed");
    Ran sent = relook("images", "send", "--project=mixed", folder.toString());
    assertThat(sent.exitCode()).isEqualTo(1);
    assertThat(sent.out()).startsWith("Sent 2 pictures to project mixed: 1 normal, 1 anomaly (");
    assertThat(sent.err())
        .contains("1 picture in the format BMP: good/2.bmp. Give --convert")
        .contains("1 file that is no picture: notes.txt.")
        .endsWith(
            "relook: 2 files were left out: 1 picture in the format TIFF (cracked/4.tiff), 1 picture in the format BMP (good/2.bmp). Give --skip-unreadable if that is right.%n"
                .formatted());
    Ran json =
        relook(
            "images",
            "send",
            "--project=mixed",
            "--skip-unreadable",
            "--output=json",
            folder.toString());
    assertThat(json.exitCode()).isZero();
    assertThat(JSON.readTree(json.out()).path("leftOut"))
        .extracting(file -> file.path("file").asText() + " " + file.path("loss").asBoolean())
        .containsExactly("cracked/4.tiff true", "good/2.bmp true", "notes.txt false");

    Ran converted = relook("images", "send", "--project=mixed", "--convert", folder.toString());
    assertThat(converted.exitCode()).as(converted.err()).isZero();
    assertThat(converted.out()).startsWith("Sent 4 pictures to project mixed: 2 normal, 2 anomaly");
    assertThat(tail("images", "--key", "000000000000/mixed"))
        .extracting(line -> line.path("value").path("sourceRef").asText())
        .endsWith("mixed/cracked/4.png", "mixed/good/1.jpg", "mixed/good/2.png");
  }

  @Test
  void aLargePictureIsUploadedAndItsLocationSent() throws IOException {
    byte[] large = Arrays.copyOf(Drawn.jpeg(1), Topic.INLINE_PICTURE_BYTES + 1);
    Path folder = directory.resolve("large");
    write(folder.resolve("good/1.jpg"), large);
    write(folder.resolve("good/2.jpg"), Arrays.copyOf(Drawn.jpeg(2), Topic.INLINE_PICTURE_BYTES));
    relook("project", "create", "--project=large");
    assertThat(relook("images", "send", "--project=large", folder.toString()).exitCode()).isZero();
    List<LabeledImage> images = new ArrayList<>();
    try (TopicReader reader = connection.read(Topic.IMAGES, TopicReader.From.BEGINNING)) {
      while (!reader.caughtUp()) {
        reader.poll(Duration.ofMillis(200)).stream()
            .flatMap(message -> message.decoded().stream())
            .filter(record -> record instanceof LabeledImage i && i.getProject().equals("large"))
            .forEach(record -> images.add((LabeledImage) record));
      }
    }
    S3Object location = images.get(0).getImageLocation();
    assertThat(images.get(0).getImageBytes()).isNull();
    assertThat(location.getBucket()).isEqualTo("relook");
    assertThat(location.getKey()).isEqualTo("uploads/000000000000/large/" + Sha256.hex(large));
    assertThat(images.get(1).getImageLocation()).isNull();
    Path copy = directory.resolve("copy.jpg");
    try (BucketClient store = connection.store()) {
      assertThat(store.download(location, copy)).isEqualTo(large.length);
    }
    assertThat(Files.readAllBytes(copy)).isEqualTo(large);
  }

  @Test
  void aProjectIsCreated() {
    Ran ran = relook("project", "create", "--project=boards");
    assertThat(ran.exitCode()).isEqualTo(0);
    assertThat(ran.lines())
        .containsExactly(
            "Project  boards", "ARN      arn:project/boards", "Created  2026-11-23 12:00:00Z");
  }

  @Test
  void anExceptionEndsWithOneAndItsMessage() {
    Ran ran = relook("project", "create", "--project=refused");
    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.err())
        .isEqualTo("relook: ConflictException: The project exists already.%n".formatted());
    assertThat(relook("project", "create", "--project=refused", "--output=json").err())
        .isEqualTo(
            "{\"error\":\"ConflictException: The project exists already.\",\"exitCode\":1}%n"
                .formatted());
  }

  @Test
  void noReplyInTimeEndsWithThree() {
    Ran ran = relook("project", "create", "--project=silent", "--timeout=1s");
    assertThat(ran.exitCode()).isEqualTo(3);
    assertThat(ran.err()).startsWith("relook: No reply to CreateProject came within 1000 ms:");
  }

  @Test
  void aModelIsTrainedDescribedListedAndDownloaded() throws IOException {
    Ran created =
        relook(
            "model",
            "create",
            "--project=fine",
            "--output=s3://models/out/",
            "--output=json",
            "--description=night-shift",
            "--tag=line=4",
            "--kms-key-id=alias/k",
            "--wait");
    assertThat(created.exitCode()).isEqualTo(0);
    assertThat(created.err())
        .startsWith("Training fine version 1")
        .contains("TRAINED: Training completed successfully.");
    assertThat(JSON.readTree(created.out()).path("status").asText()).isEqualTo("TRAINED");
    CreateModel command = job.lastCreateModel;
    assertThat(command.getClientToken()).matches("[a-zA-Z0-9-]{1,64}");
    assertThat(command.getOutputConfig().getS3Location().getPrefix()).isEqualTo("out/");
    assertThat(command.getDescription()).isEqualTo("night-shift");
    assertThat(command.getTags().get(0).getValue()).isEqualTo("4");
    assertThat(command.getKmsKeyId()).isEqualTo("alias/k");

    Ran described = relook("model", "describe", "--project=fine");
    assertThat(described.out())
        .contains("Status        TRAINED: Training completed successfully.")
        .contains("Metrics       F1 0.9000, precision 1.0000, recall 0.8000")
        .contains("Model file    s3://models/out/Model-fine-1.onnx");
    assertThat(relook("models", "list", "--project=fine").lines())
        .hasSize(2)
        .last()
        .asString()
        .startsWith("fine     1        TRAINED  0.9000  1.0000     0.8000  2026-11-23 12:00:00Z");

    Path target = directory.resolve("downloaded");
    Ran downloaded = relook("model", "download", "--project=fine", "--to", target.toString());
    assertThat(downloaded.err()).isEmpty();
    assertThat(downloaded.lines()).hasSize(3);
    assertThat(target.resolve("Model-fine-1.onnx")).hasBinaryContent(MODEL);
    assertThat(target.resolve("TrainingManifest-fine-1.json")).exists();

    Ran watched = relook("models", "watch", "--project=fine", "--from=beginning", "--max=2");
    assertThat(watched.lines()).hasSize(2);
    assertThat(watched.lines().get(1)).contains("fine/1  TRAINED").contains("F1 0.9000");
  }

  @Test
  void aFailedTrainingEndsWithOne() {
    Ran ran = relook("model", "create", "--project=failing", "--output=s3://models/", "--wait");
    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.out()).contains("Status   TRAINING_FAILED: Too few images.");
    Ran download = relook("model", "download", "--project=failing");
    assertThat(download.exitCode()).isEqualTo(1);
    assertThat(download.err()).contains("has no files: it is TRAINING_FAILED.");
  }

  @Test
  void aModelThatIsNotThereEndsWithOne() {
    Ran ran = relook("model", "describe", "--project=fine", "--model-version=99");
    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.err()).contains("has no model of project fine with version 99");
  }

  @Test
  void anotherAccountSeesNothing() {
    assertThat(relook("models", "list", "--account=other").out())
        .isEqualTo("Account other has no models.%n".formatted());
  }

  @Test
  void rejectionsAreListedShownAndSentAgainAsTheyWere() throws Exception {
    byte[] small = "not Avro".getBytes(StandardCharsets.UTF_8);
    byte[] large = new byte[600 * 1024];
    new Random(7).nextBytes(large);
    byte[] key = {(byte) 0xFF, 0, 1};
    S3Object keptAt = new S3Object("relook", "rejections/relook.images/1-8", null);
    try (BucketClient store = connection.store()) {
      store.put(keptAt, large, "application/octet-stream");
    }
    reject(rejection(7, "UNDECODABLE", null, small).setKey(ByteBuffer.wrap(key)).build());
    reject(
        rejection(8, "POISON", "cookies", large)
            .setOriginalBytes(null)
            .setOriginalLocation(keptAt)
            .build());

    JsonNode all = JSON.readTree(relook("rejections", "list", "--output=json").out());
    assertThat(all.findValuesAsText("place")).contains("relook.images-1-7", "relook.images-1-8");
    Ran poison =
        relook("rejections", "list", "--code=POISON", "--project=cookies", "--since", "1h");
    assertThat(poison.lines()).hasSize(2).last().asString().startsWith("relook.images-1-8");
    assertThat(relook("rejections", "list", "--since=2999-01-01T00:00:00Z").out())
        .contains("Nothing was rejected.");

    Path file = directory.resolve("message.bin");
    Ran shown = relook("rejections", "show", "relook.images-1-8", "--to", file.toString());
    assertThat(shown.out()).contains("POISON in check-images", "Repair it.", "614400 bytes");
    assertThat(file).hasBinaryContent(large);

    Ran sent = relook("rejections", "resend", "relook.images-1-7", "relook.images-1-8");
    assertThat(sent.err()).isEmpty();
    assertThat(sent.lines()).hasSize(2);
    List<ConsumerRecord<byte[], byte[]>> images = rawImages();
    assertThat(images)
        .anySatisfy(
            record -> {
              assertThat(record.value()).isEqualTo(small);
              assertThat(record.key()).isEqualTo(key);
              assertThat(record.partition()).isEqualTo(1);
              assertThat(sent.lines().get(0))
                  .endsWith("again as relook.images-1-%d.".formatted(record.offset()));
            })
        .anySatisfy(
            record -> {
              assertThat(record.value()).isEqualTo(large);
              assertThat(record.key()).isNull();
            });
  }

  @Test
  void bytesThatDifferFromTheRejectedOnesAreNotSent() throws Exception {
    byte[] large = new byte[600 * 1024];
    S3Object keptAt = new S3Object("relook", "rejections/relook.images/1-9", null);
    reject(
        rejection(9, "POISON", "cookies", large)
            .setOriginalBytes(null)
            .setOriginalLocation(keptAt)
            .build());
    large[1] = 1;
    try (BucketClient store = connection.store()) {
      store.put(keptAt, large, "application/octet-stream");
    }
    int before = rawImages().size();

    Ran ran = relook("rejections", "resend", "relook.images-1-9");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.err()).contains("are not those that were rejected");
    assertThat(rawImages()).hasSize(before);
    assertThat(relook("rejections", "show", "relook.images-1-99").err())
        .contains("There is no rejection of 'relook.images-1-99'");
  }

  @Test
  void whatOnlyTheJobWritesIsNotSentAgain() throws Exception {
    byte[] marker =
        MessageCodec.standard()
            .encode(
                CutMarker.newBuilder()
                    .setAccount("000000000000")
                    .setProject("cookies")
                    .setCutId("relook.commands-0-1")
                    .setPartition(1)
                    .setPartitions(2)
                    .setAdmittedAt(Instant.parse("2026-11-23T12:00:00Z"))
                    .setCommand(new DeleteProject("cookies", null))
                    .build());
    reject(rejection(11, "UNSIGNED_MARKER", "cookies", marker).build());
    int before = rawImages().size();

    Ran ran = relook("rejections", "resend", "relook.images-1-11");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.err()).contains("is a cut marker, which only the job writes");
    assertThat(rawImages()).hasSize(before);
  }

  private static Rejection.Builder rejection(
      long offset, String code, @Nullable String project, byte[] message) {
    return Rejection.newBuilder()
        .setTopic("relook.images")
        .setPartition(1)
        .setOffset(offset)
        .setTimestamp(Instant.parse("2026-11-23T12:00:00Z"))
        .setOriginalBytes(ByteBuffer.wrap(message))
        .setOriginalDigest(Sha256.hex(message))
        .setOriginalLength(message.length)
        .setStage("check-images")
        .setCode(code)
        .setMessage("Repair it.")
        .setProject(project);
  }

  private static void reject(Rejection rejection) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  "relook.rejections",
                  Topic.REJECTIONS.key(rejection),
                  MessageCodec.standard().encode(rejection)))
          .get();
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> rawImages() {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition("relook.images", 1);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = Objects.requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }

  private static List<JsonNode> tail(String topic, String... more) throws IOException {
    List<String> args = new ArrayList<>(List.of("topics", "tail", topic));
    args.addAll(List.of(more));
    List<JsonNode> lines = new ArrayList<>();
    for (String line : relook(args.toArray(new String[0])).lines()) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  private static Ran relook(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--bootstrap-servers=" + kafka.bootstrapServers());
    all.add("--s3-endpoint=" + s3.endpoint());
    return Ran.relook(all.toArray(new String[0]));
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  /** Answers commands; the names refused, silent and failing of projects decide the answer. */
  private static final class CannedJob extends Thread {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private final TopicReader commands =
        connection.read(Topic.COMMANDS, TopicReader.From.BEGINNING);
    private final TopicReader images = connection.read(Topic.IMAGES, TopicReader.From.BEGINNING);
    private final KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer());
    private volatile boolean stopped;
    private volatile CreateModel lastCreateModel;
    private volatile SpecificRecord lastDatasetCommand;
    private volatile TagResource lastTagged;
    private int throttles;

    CannedJob() {
      super("canned-job");
    }

    @Override
    public void run() {
      while (!stopped) {
        images.poll(Duration.ofMillis(20)).forEach(this::judge);
        commands
            .poll(Duration.ofMillis(80))
            .forEach(message -> answer((Command) message.decoded().orElseThrow()));
      }
      commands.close();
      images.close();
      producer.close();
    }

    /** Rejects what is named missing, and takes everything else, in the project told. */
    private void judge(TopicReader.Message message) {
      if (!"000000000000/told".equals(message.key())) {
        return;
      }
      SpecificRecord record = message.decoded().orElseThrow();
      String sourceRef =
          record instanceof LabeledImage image
              ? image.getSourceRef()
              : ((ImageWithdrawal) record).getSourceRef();
      if (sourceRef.contains("missing")) {
        write(
            Topic.REJECTIONS,
            rejection(message.offset(), "UNKNOWN_SOURCE_REF", "told", new byte[0])
                .setPartition(message.partition())
                .setSourceRef(sourceRef)
                .setMessage("There is no " + sourceRef + ".")
                .build());
        return;
      }
      DatasetDescription updated =
          dataset("000000000000", "told", DatasetType.TRAIN, DatasetStatus.UPDATE_COMPLETE, "", 1);
      updated.setLastUpdatedTimestamp(message.timestamp());
      write(Topic.DATASETS, updated);
    }

    private void answer(Command command) {
      CommandReply.Builder reply =
          CommandReply.newBuilder()
              .setRequestId(command.getRequestId())
              .setAccount(command.getAccount())
              .setOperation(((SpecificRecord) command.getBody()).getSchema().getName())
              .setCommandTopic("relook.commands")
              .setCommandPartition(0)
              .setCommandOffset(0)
              .setCommandTimestamp(NOON);
      if (command.getBody() instanceof CreateProject create) {
        if (create.getProjectName().equals("silent")) {
          return;
        }
        if (create.getProjectName().equals("refused")) {
          reply.setError(
              ServiceException.newBuilder()
                  .setCode(ExceptionCode.ConflictException)
                  .setMessage("The project exists already.")
                  .build());
        } else {
          String name = create.getProjectName();
          reply.setAnswer(new ProjectMetadata("arn:project/" + name, name, NOON));
          write(
              Topic.PROJECTS,
              ProjectDescription.newBuilder()
                  .setAccount(command.getAccount())
                  .setProjectArn("arn:project/" + name)
                  .setProjectName(name)
                  .setCreationTimestamp(NOON)
                  .build());
        }
        write(Topic.REPLIES, reply.build());
      } else if (command.getBody() instanceof CreateDataset create) {
        answerImport(reply, command, create.getProjectName(), create.getDatasetType());
        lastDatasetCommand = create;
      } else if (command.getBody() instanceof UpdateDatasetEntries update) {
        answerImport(reply, command, update.getProjectName(), update.getDatasetType());
        lastDatasetCommand = update;
      } else if (command.getBody() instanceof DeleteDataset
          || command.getBody() instanceof DeleteProject) {
        write(Topic.REPLIES, reply.setAnswer(new ResourceArn("arn:gone")).build());
      } else if (command.getBody() instanceof DeleteModel delete) {
        boolean throttled = delete.getClientToken().equals("twice") && throttles++ == 0;
        if (throttled) {
          reply.setError(
              ServiceException.newBuilder()
                  .setCode(ExceptionCode.ThrottlingException)
                  .setMessage("Too many.")
                  .setRetryAfterSeconds(1)
                  .build());
        } else if (delete.getModelVersion().equals("9")) {
          reply.setError(
              ServiceException.newBuilder()
                  .setCode(ExceptionCode.ServiceQuotaExceededException)
                  .setMessage("Too much.")
                  .setResourceId("arn:9")
                  .setResourceType(ResourceType.MODEL)
                  .setQuotaCode("relook-q")
                  .setServiceCode("lookoutvision")
                  .build());
        } else {
          reply.setAnswer(new ResourceArn("arn:model"));
        }
        write(Topic.REPLIES, reply.build());
      } else if (command.getBody() instanceof TagResource tag) {
        lastTagged = tag;
        write(Topic.REPLIES, reply.setAnswer(new ResourceArn(tag.getResourceArn())).build());
      } else if (command.getBody() instanceof CreateModel create) {
        lastCreateModel = create;
        ModelMetadata training = training(command, create);
        write(Topic.REPLIES, reply.setAnswer(training).build());
        write(Topic.MODELS, training);
        write(
            Topic.MODELS,
            create.getProjectName().equals("failing") ? failed(training) : trained(training));
      }
    }

    /** As the job does: the data set is in progress, and some time later it is not. */
    private void answerImport(
        CommandReply.Builder reply, Command command, String project, DatasetType type) {
      // An event of images in between is not the end of the import.
      write(
          Topic.DATASETS,
          dataset(command.getAccount(), project, type, DatasetStatus.UPDATE_COMPLETE, "", 1));
      write(
          Topic.REPLIES,
          reply
              .setAnswer(
                  new DatasetMetadata(
                      type, NOON, DatasetStatus.CREATE_IN_PROGRESS, "The dataset is creating."))
              .build());
      write(
          Topic.DATASETS,
          dataset(command.getAccount(), project, type, DatasetStatus.CREATE_IN_PROGRESS, "", 2));
      write(
          Topic.DATASETS,
          project.equals("refused")
              ? dataset(
                  command.getAccount(),
                  project,
                  type,
                  DatasetStatus.CREATE_FAILED,
                  "Line 3 is bad.",
                  3)
              : imported(command, project, type));
    }

    /** Two lines of a data set with the name lossy are lost. */
    private static DatasetDescription imported(Command command, String project, DatasetType type) {
      DatasetDescription end =
          dataset(
              command.getAccount(),
              project,
              type,
              DatasetStatus.CREATE_COMPLETE,
              "It is there.",
              30);
      end.setLastImport(
          project.equals("lossy")
              ? new ImportCounts(32, 30, 1, 2)
              : new ImportCounts(30, 30, 0, 0));
      return end;
    }

    private static DatasetDescription dataset(
        String account,
        String project,
        DatasetType type,
        DatasetStatus status,
        String message,
        int images) {
      return DatasetDescription.newBuilder()
          .setAccount(account)
          .setDatasetArn("arn:dataset/" + project + "/" + type)
          .setProjectName(project)
          .setDatasetType(type)
          .setCreationTimestamp(NOON)
          .setLastUpdatedTimestamp(NOON.plusSeconds(1))
          .setStatus(status)
          .setStatusMessage(message)
          .setImageStats(new DatasetImageStats(images, images, images, 0))
          .build();
    }

    private static ModelMetadata training(Command command, CreateModel create) {
      return ModelMetadata.newBuilder()
          .setAccount(command.getAccount())
          .setProjectName(create.getProjectName())
          .setModelVersion("1")
          .setModelArn(
              "arn:aws:lookoutvision:us-east-1:000000000000:model/"
                  + create.getProjectName()
                  + "/1")
          .setCreationTimestamp(NOON)
          .setDescription(create.getDescription())
          .setStatus(ModelStatus.TRAINING)
          .setStatusMessage("The model is being trained.")
          .setOutputConfig(create.getOutputConfig())
          .setTags(create.getTags())
          .build();
    }

    private static ModelMetadata failed(ModelMetadata model) {
      return ModelMetadata.newBuilder(model)
          .setStatus(ModelStatus.TRAINING_FAILED)
          .setStatusMessage("Too few images.")
          .build();
    }

    private static ModelMetadata trained(ModelMetadata model) {
      String prefix = model.getOutputConfig().getS3Location().getPrefix();
      S3Object modelFile = new S3Object("models", prefix + "Model-fine-1.onnx", null);
      S3Object manifest = new S3Object("models", prefix + "TrainingManifest-fine-1.json", null);
      try (BucketClient store = connection.store()) {
        store.put(modelFile, MODEL, "application/octet-stream");
        store.put(manifest, new byte[] {'{', '}'}, "application/json");
      }
      return ModelMetadata.newBuilder(model)
          .setStatus(ModelStatus.TRAINED)
          .setStatusMessage("Training completed successfully.")
          .setPerformance(new ModelPerformance(0.9, 0.8, 1.0))
          .setModelFile(modelFile)
          .setTrainingManifest(manifest)
          .setProvenance(
              Provenance.newBuilder()
                  .setTrainingManifestDigest("a")
                  .setModelFileDigest(Sha256.hex(MODEL))
                  .setBackboneName("efficientnet-lite0")
                  .setBackboneDigest("b")
                  .setInputArea(65536)
                  .setSeed(42)
                  .setExecutionProvider("cpu")
                  .setHeads(List.of("coreset"))
                  .setRegime("good-and-bad")
                  .setThreshold(0.5)
                  .setTrainingImages(51)
                  .setTestImages(34)
                  .setRocAuc(0.99)
                  .setTrainingMillis(1200)
                  .setRelookVersion("0.1.0")
                  .setRuntime("test")
                  .setSettings(Map.of())
                  .build())
          .build();
    }

    private void write(Topic topic, SpecificRecord record) {
      producer.send(
          new ProducerRecord<>(
              topic.name(Topic.DEFAULT_PREFIX),
              topic.key(record),
              MessageCodec.standard().encode(record)));
      producer.flush();
    }
  }
}
