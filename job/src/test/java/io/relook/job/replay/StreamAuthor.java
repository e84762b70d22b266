package io.relook.job.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.relook.job.stack.TestStack;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.wire.Command;
import io.relook.wire.CreateDataset;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteDataset;
import io.relook.wire.DeleteModel;
import io.relook.wire.DeleteProject;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.MaskColor;
import io.relook.wire.OutputConfig;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import io.relook.wire.Tag;
import io.relook.wire.TagResource;
import io.relook.wire.UntagResource;
import io.relook.wire.UpdateDatasetEntries;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Wrote the recorded stream, and can write another. What is replayed is the file, not this class:
 * the file keeps the bytes that the clients of its day sent.
 *
 * <p>Clients take one step after another, and wait wherever the order of two inputs that meet in
 * the job would else be left to chance.
 */
final class StreamAuthor {
  static final int PARTITIONS = 3;

  private static final String ACCOUNT = "000000000000";
  private static final String BOLTS = "bolts";
  private static final String NUTS = "nuts";
  private static final String FACTORY = "factory";
  private static final Instant REQUESTED_AT = Instant.parse("2026-11-30T12:00:00Z");
  private static final String UPDATED = "UPDATE_COMPLETE";

  private final MessageCodec codec = MessageCodec.standard();
  private final List<Step> steps = new ArrayList<>();
  private int commands;
  private int rejections;
  private int total;
  private int normal;
  private int anomaly;

  private StreamAuthor() {}

  /** The stream. */
  static List<Step> write() {
    StreamAuthor author = new StreamAuthor();
    author.customersObjects();
    author.firstCommands();
    author.importsManifest();
    author.sendsImages();
    author.sendsWhatIsRefused();
    author.correctsImages();
    author.updatesEntries();
    author.trains();
    author.tags();
    author.failsForTooFewImages();
    author.trainsOnTop();
    author.deletes();
    return List.copyOf(author.steps);
  }

  private void customersObjects() {
    steps.add(new Step.Bucket(FACTORY));
    StringBuilder manifest = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      boolean good = i < 8;
      put("imported-%d.png".formatted(i), good ? Drawn.good(i) : Drawn.dent(i));
      manifest.append(line("imported-%d.png".formatted(i), good));
    }
    put("train.manifest", manifest.toString());
    put("added-good.png", Drawn.good(12));
    put("added-bad.png", Drawn.scratch(13));
    put(
        "changes.manifest",
        line("imported-0.png", false)
            + line("added-good.png", true)
            + line("added-bad.png", false));
    put("broken.manifest", line("added-good.png", true) + "no json\n");
    put("located-good.png", Drawn.good(14));
    put("located-bad.png", Drawn.scratch(15));
    put("located-mask.png", Drawn.mask());
  }

  private void firstCommands() {
    ask("create-bolts", new CreateProject(BOLTS, "token-bolts"));
    ask("create-bolts-repeated", new CreateProject(BOLTS, "token-bolts"));
    ask("create-bolts-anew", new CreateProject(BOLTS, null));
    ask("create-badly-named", new CreateProject("-bolts and nuts", null));
    ask("train-nothing", createModel("nothing", "token-nothing", TestStack.OUTPUT_BUCKET).build());
    ask("update-nothing", new UpdateDatasetEntries(BOLTS, DatasetType.TRAIN, at("x"), null));
    send(Topic.COMMANDS, 0, "no Avro", ACCOUNT, "create a project, please".getBytes(UTF_8));
    commands++;
    awaitRejections(1);
  }

  private void importsManifest() {
    ask(
        "import",
        new CreateDataset(BOLTS, DatasetType.TRAIN, at("train.manifest"), "token-import"));
    count(8, 4);
    awaitDataset("CREATE_COMPLETE");
    ask("import-anew", new CreateDataset(BOLTS, DatasetType.TRAIN, at("train.manifest"), null));
  }

  private void sendsImages() {
    for (int i = 100; i < 220; i++) {
      send(i, good("good-" + i).setImageBytes(bytes(Drawn.good(i))));
    }
    for (int i = 300; i < 318; i++) {
      boolean scratched = i % 2 == 0;
      send(
          i,
          bad("bad-" + i, scratched ? "scratch" : "dent")
              .setImageBytes(bytes(scratched ? Drawn.scratch(i) : Drawn.dent(i))));
    }
    // The same bytes under another name.
    send(0, good("copy-of-good-100").setImageBytes(bytes(Drawn.good(100))));
    send(1, good("located-good").setImageLocation(at("located-good.png")));
    send(
        2,
        bad("located-bad", "scratch")
            .setImageLocation(at("located-bad.png"))
            .setMaskLocation(at("located-mask.png"))
            .setColorMap(List.of(new MaskColor(1, "scratch", "#FF0000", 0.5))));
    send(
        0,
        bad("masked", "dent")
            .setImageBytes(bytes(Drawn.dent(320)))
            .setMaskBytes(bytes(Drawn.mask()))
            .setColorMap(
                List.of(
                    new MaskColor(0, "BACKGROUND", "#000000", null),
                    new MaskColor(1, "dent", "#FF0000", null))));
    send(1, image(BOLTS, "unlabelled").setImageBytes(bytes(Drawn.good(321))));
    count(122, 20);
    total++;
    awaitDataset(UPDATED);
  }

  private void sendsWhatIsRefused() {
    send(Topic.IMAGES, 1, "no Avro", null, "a picture".getBytes(UTF_8));
    send(0, good("broken").setImageBytes(bytes(cutOff(Drawn.good(330)))));
    send(1, good("text").setImageBytes(bytes("no picture".getBytes(UTF_8))));
    send(2, good("tiny").setImageBytes(bytes(Drawn.good(331, 48, 32))));
    send(0, good("missing").setImageLocation(at("missing.png")));
    send(1, good("classed").setDefectClass("dent").setImageBytes(bytes(Drawn.good(332))));
    send(2, good("unknown"));
    send(
        0,
        bad("misfit", "dent")
            .setImageBytes(bytes(Drawn.dent(333)))
            .setMaskBytes(bytes(Drawn.good(334)))
            .setColorMap(List.of(new MaskColor(1, "dent", "#FF0000", null))));
    withdraw(1, "unknown");
    awaitRejections(9);
  }

  private void correctsImages() {
    // Each in the partition of the image that it corrects.
    send(partition(105), bad("good-105", "dent"));
    count(-1, 1);
    send(partition(106), good("good-106").setImageBytes(bytes(Drawn.good(406))));
    withdraw(partition(107), "good-107");
    count(-1, 0);
    awaitDataset(UPDATED);
  }

  private void updatesEntries() {
    ask(
        "update",
        new UpdateDatasetEntries(BOLTS, DatasetType.TRAIN, at("changes.manifest"), "token-update"));
    count(0, 2);
    awaitDataset(UPDATED);
    ask(
        "update-brokenly",
        new UpdateDatasetEntries(BOLTS, DatasetType.TRAIN, at("broken.manifest"), null));
    awaitDataset("UPDATE_FAILED_ROLLBACK_COMPLETE");
  }

  private void trains() {
    ask("train-into-nowhere", createModel(BOLTS, "token-nowhere", "no-such-bucket").build());
    CreateModel first =
        createModel(BOLTS, "token-1", TestStack.OUTPUT_BUCKET)
            .setDescription("first")
            .setTags(List.of(new Tag("line", "7"), new Tag("shift", "late")))
            .build();
    ask("train-1", first);
    steps.add(new Step.AwaitModel(model(BOLTS, 1), "TRAINED"));
    ask("train-1-repeated", first);
    ask("train-1-otherwise", createModel(BOLTS, "token-1", TestStack.OUTPUT_BUCKET).build());
  }

  private void tags() {
    String arn = model(BOLTS, 1);
    ask("tag", new TagResource(arn, List.of(new Tag("line", "8"), new Tag("plant", "north"))));
    ask("untag", new UntagResource(arn, List.of("shift")));
    ask("tag-nothing", new TagResource(model(BOLTS, 7), List.of(new Tag("line", "8"))));
  }

  private void failsForTooFewImages() {
    ask("create-nuts", new CreateProject(NUTS, null));
    for (int i = 0; i < 6; i++) {
      LabeledImage.Builder image =
          image(NUTS, "nut-" + i)
              .setLabel(i < 4 ? Label.NORMAL : Label.ANOMALY)
              .setDataset(i == 0 ? DatasetType.TEST : DatasetType.TRAIN)
              .setImageBytes(bytes(i < 4 ? Drawn.good(500 + i) : Drawn.dent(500 + i)));
      send(2, image);
    }
    steps.add(new Step.AwaitDataset(dataset(NUTS, "test"), UPDATED, 1, 1, 0));
    steps.add(new Step.AwaitDataset(dataset(NUTS, "train"), UPDATED, 5, 3, 2));
    ask("train-nuts", createModel(NUTS, "token-nuts", TestStack.OUTPUT_BUCKET).build());
    steps.add(new Step.AwaitModel(model(NUTS, 1), "TRAINING_FAILED"));
    ask("delete-nuts-too-early", new DeleteProject(NUTS, null));
  }

  private void trainsOnTop() {
    for (int i = 220; i < 232; i++) {
      send(i, good("good-" + i).setImageBytes(bytes(Drawn.good(i))));
    }
    send(0, bad("bad-319", "dent").setImageBytes(bytes(Drawn.dent(319))));
    withdraw(partition(108), "good-108");
    count(11, 1);
    awaitDataset(UPDATED);
    ask("train-2", createModel(BOLTS, null, TestStack.OUTPUT_BUCKET).build());
    steps.add(new Step.AwaitModel(model(BOLTS, 2), "TRAINED"));
  }

  private void deletes() {
    ask("delete-model-1", new DeleteModel(BOLTS, "1", "token-delete"));
    steps.add(new Step.AwaitGone(Topic.MODELS, model(BOLTS, 1)));
    ask("delete-model-9", new DeleteModel(BOLTS, "9", null));
    ask("delete-model-of-nuts", new DeleteModel(NUTS, "1", null));
    steps.add(new Step.AwaitGone(Topic.MODELS, model(NUTS, 1)));
    for (DatasetType type : DatasetType.values()) {
      String name = type.name().toLowerCase(Locale.ROOT);
      ask("delete-" + name + "-of-nuts", new DeleteDataset(NUTS, type, null));
      steps.add(new Step.AwaitGone(Topic.DATASETS, dataset(NUTS, name)));
    }
    ask("delete-nuts", new DeleteProject(NUTS, null));
    steps.add(new Step.AwaitGone(Topic.PROJECTS, arn("project/" + NUTS)));
    // Its place in the log serves as its request id.
    String place = Topic.COMMANDS.name(Topic.DEFAULT_PREFIX) + "-0-" + commands;
    send(null, new DeleteProject(BOLTS, null));
    steps.add(new Step.AwaitReply(place));
    // The last image; and as nothing of the project is under way before it, the data set rests.
    send(2, good("last").setImageBytes(bytes(Drawn.good(600))));
    count(1, 0);
    awaitDataset(UPDATED);
  }

  private void ask(String requestId, SpecificRecord body) {
    send(requestId, body);
    steps.add(new Step.AwaitReply(requestId));
  }

  private void send(@Nullable String requestId, SpecificRecord body) {
    Command command =
        Command.newBuilder()
            .setRequestId(requestId)
            .setAccount(ACCOUNT)
            .setCaller("engineer")
            .setRequestedAt(REQUESTED_AT)
            .setBody(body)
            .build();
    send(
        Topic.COMMANDS,
        0,
        body.getSchema().getName() + " " + (requestId == null ? "without id" : requestId),
        Topic.COMMANDS.key(command),
        codec.encode(command));
    commands++;
  }

  private void send(int number, LabeledImage.Builder image) {
    LabeledImage built = image.build();
    send(
        Topic.IMAGES,
        partition(number),
        "%s of %s, %s".formatted(built.getSourceRef(), built.getProject(), built.getLabel()),
        Topic.IMAGES.key(built),
        codec.encode(built));
  }

  private void withdraw(int partition, String sourceRef) {
    ImageWithdrawal withdrawal = new ImageWithdrawal(ACCOUNT, BOLTS, sourceRef, "not ours");
    send(
        Topic.IMAGES,
        partition,
        "withdrawal of %s of %s".formatted(sourceRef, BOLTS),
        Topic.IMAGES.key(withdrawal),
        codec.encode(withdrawal));
  }

  private void send(Topic topic, int partition, String what, @Nullable String key, byte[] value) {
    steps.add(new Step.Send(topic, partition, what, key, value));
  }

  private void put(String key, byte[] png) {
    steps.add(new Step.Put(FACTORY, key, "image/png", png));
  }

  private void put(String key, String text) {
    steps.add(new Step.Put(FACTORY, key, "application/json", text.getBytes(UTF_8)));
  }

  private void count(int moreNormal, int moreAnomaly) {
    total += moreNormal + moreAnomaly;
    normal += moreNormal;
    anomaly += moreAnomaly;
  }

  private void awaitDataset(String status) {
    steps.add(new Step.AwaitDataset(dataset(BOLTS, "train"), status, total, normal, anomaly));
  }

  private void awaitRejections(int more) {
    rejections += more;
    steps.add(new Step.AwaitRejections(rejections));
  }

  /** Images of one project stand in every partition, as with a foreign partitioner. */
  private static int partition(int number) {
    return number % PARTITIONS;
  }

  private static LabeledImage.Builder good(String sourceRef) {
    return image(BOLTS, sourceRef).setLabel(Label.NORMAL);
  }

  private static LabeledImage.Builder bad(String sourceRef, String defectClass) {
    return image(BOLTS, sourceRef).setLabel(Label.ANOMALY).setDefectClass(defectClass);
  }

  private static LabeledImage.Builder image(String project, String sourceRef) {
    return LabeledImage.newBuilder()
        .setAccount(ACCOUNT)
        .setProject(project)
        .setSourceRef(sourceRef);
  }

  private static CreateModel.Builder createModel(
      String project, @Nullable String token, String bucket) {
    return CreateModel.newBuilder()
        .setProjectName(project)
        .setClientToken(token)
        .setOutputConfig(new OutputConfig(new S3Location(bucket, project + "/")));
  }

  private static String line(String key, boolean good) {
    return """
        {"source-ref":"s3://factory/%s","anomaly-label":%d,"anomaly-label-metadata":\
        {"class-name":"%s","type":"groundtruth/image-classification","human-annotated":"yes",\
        "creation-date":"2026-11-30T11:00:00","job-name":"labels"}}
        """
        .formatted(key, good ? 0 : 1, good ? "normal" : "anomaly");
  }

  private static String model(String project, int version) {
    return arn("model/" + project + "/" + version);
  }

  private static String dataset(String project, String type) {
    return arn("dataset/" + project + "/" + type);
  }

  private static String arn(String resource) {
    return "arn:aws:lookoutvision:us-east-1:" + ACCOUNT + ":" + resource;
  }

  private static S3Object at(String key) {
    return new S3Object(FACTORY, key, null);
  }

  private static ByteBuffer bytes(byte[] bytes) {
    return ByteBuffer.wrap(bytes);
  }

  private static byte[] cutOff(byte[] png) {
    byte[] half = new byte[png.length / 2];
    System.arraycopy(png, 0, half, 0, half.length);
    return half;
  }
}
