package io.relook.job.extraction;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.job.accelerator.AcceleratorSettings;
import io.relook.job.async.OrderedStep;
import io.relook.job.contract.Contract;
import io.relook.job.domain.Annotation;
import io.relook.job.domain.CheckedImage;
import io.relook.job.domain.Deferral;
import io.relook.job.domain.FeatureKeys;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.ImportedLine;
import io.relook.job.domain.Mask;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.domain.RejectionCode;
import io.relook.job.domain.StoredPicture;
import io.relook.job.features.FeatureSettings;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.s3.InMemoryObjectStore;
import io.relook.job.s3.OwnBucket;
import io.relook.job.s3.Symptom;
import io.relook.job.stack.SmallPictures;
import io.relook.learning.features.FeatureExtractor;
import io.relook.learning.features.FeatureGrid;
import io.relook.learning.features.Features;
import io.relook.learning.picture.PictureDecoder;
import io.relook.learning.picture.PictureLimits;
import io.relook.schemas.Sha256;
import io.relook.wire.AnnotationMetadata;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteDataset;
import io.relook.wire.ImageRetry;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.MaskColor;
import io.relook.wire.S3Object;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureExtractionTest {
  private static final OutputTag<RejectedMessage> REFUSED =
      new OutputTag<>("rejected", TypeInformation.of(RejectedMessage.class));
  private static final byte[] PNG = SmallPictures.png(1);
  private static final String DIGEST = Sha256.hex(PNG);
  private static final String FEATURES = "features/acct/bolts/0123456789abcdef-4096/" + DIGEST;

  private static final String SUMMARIES =
      "summaries/acct/bolts/0123456789abcdef-4096/" + DIGEST + "-v1";
  private static final String SUMMARY = "what heads learn from it";

  private static final PictureLimits LIMITS = new PictureLimits(1 << 20, 64, 4096);

  private final InMemoryObjectStore store = new InMemoryObjectStore("relook", "theirs");
  private final ExtractionSettings settings =
      new ExtractionSettings(
          new OwnBucket(store.factory(), "relook", "alias/arrival"),
          new FeatureSettings(null, 4096),
          AcceleratorSettings.CPU,
          LIMITS,
          448L << 20,
          REFUSED);
  private final CountingExtractor extractor = new CountingExtractor();
  private final ExtractionMetrics metrics = new ExtractionMetrics(new UnregisteredMetricsGroup());
  private final PictureExtraction extraction =
      new PictureExtraction(
          settings,
          StoredObjects.open(settings.bucket()),
          new PictureDecoder(LIMITS),
          extractor,
          new FakeSummaries(),
          new FeatureKeys("0123456789abcdef-4096"),
          metrics);

  @Test
  void anInlinePictureIsKeptAndItsFeaturesAreStored() throws Exception {
    ImageChange change = change(work(inline(PNG)));

    assertThat(change.picture())
        .isEqualTo(
            new StoredPicture(DIGEST, "relook", "pictures/acct/bolts/" + DIGEST, 64, 64, FEATURES));
    assertThat(change.sourceRef()).isEqualTo("s3://theirs/a.png");
    assertThat(change.origin().value()).isNull();
    assertThat(change.origin().offset()).isEqualTo(42);
    assertThat(store.kept("relook", "pictures/acct/bolts/" + DIGEST).bytes()).isEqualTo(PNG);
    assertThat(store.kept("relook", "pictures/acct/bolts/" + DIGEST).kmsKeyId())
        .contains("alias/arrival");
    assertThat(Features.fromBytes(store.kept("relook", FEATURES).bytes()).pictureWidth())
        .isEqualTo(64);
    assertThat(store.kept("relook", SUMMARIES).bytes()).isEqualTo(SUMMARY.getBytes(UTF_8));
    assertThat(store.kept("relook", SUMMARIES).kmsKeyId()).contains("alias/arrival");
  }

  @Test
  void anImageThatTheDataSetMayStillRejectKeepsItsBytes() throws Exception {
    LabeledImage image = image(PNG, null);
    image.setLabel(Label.ANOMALY);
    image.setDefectClass("dent");
    CheckedImage message = message(image);

    assertThat(change(extraction.work(message)).origin()).isSameAs(message.origin());
  }

  @Test
  void aLocatedPictureIsReferencedAndNotCopied() throws Exception {
    store.put(at("a.png"), PNG, "image/png", Optional.empty());

    ImageChange change = change(work(located("a.png")));

    assertThat(change.picture())
        .isEqualTo(new StoredPicture(DIGEST, "theirs", "a.png", 64, 64, FEATURES));
    assertThat(store.bucket("relook").keySet()).containsExactlyInAnyOrder(FEATURES, SUMMARIES);
  }

  @Test
  void bytesAlreadySeenInTheProjectMeetTheBackboneOnce() throws Exception {
    work(inline(PNG));
    ImageChange again = change(work(inline(PNG)));

    assertThat(extractor.calls).isEqualTo(1);
    assertThat(metrics.extracted.sum()).isEqualTo(1);
    assertThat(metrics.reused.sum()).isEqualTo(1);
    assertThat(again.picture())
        .isEqualTo(
            new StoredPicture(DIGEST, "relook", "pictures/acct/bolts/" + DIGEST, 64, 64, FEATURES));
  }

  @Test
  void theAnnotationTravelsWithThePicture() throws Exception {
    LabeledImage image = image(PNG, null);
    image.setLabel(Label.ANOMALY);
    image.setDefectClass("scratch");
    image.setDataset(DatasetType.TEST);
    image.setAnnotation(
        new AnnotationMetadata("auto-label", false, "2026-01-01T00:00:00", "job", null));

    assertThat(change(extraction.work(message(image))).annotation())
        .isEqualTo(
            new Annotation(
                Label.ANOMALY,
                "scratch",
                DatasetType.TEST,
                "auto-label",
                false,
                "2026-01-01T00:00:00",
                "job"));
  }

  @Test
  void aNewLabelForAKnownPicturePassesAtOnceWithItsBytes() {
    CheckedImage message = message(image(null, null));

    ImageChange change = change(extraction.atOnce(message).orElseThrow());

    assertThat(change.annotation()).isNotNull();
    assertThat(change.picture()).isNull();
    assertThat(change.origin()).isSameAs(message.origin());
  }

  @Test
  @Contract("MASK-KEPT")
  void aMaskIsCheckedKeptAndPassedOn() throws Exception {
    LabeledImage image = image(PNG, null);
    image.setLabel(Label.ANOMALY);
    image.setMaskBytes(ByteBuffer.wrap(mask(64, 64)));
    image.setColorMap(List.of(new MaskColor(0, "cracked", "#23A436", null)));
    Mask mask = Objects.requireNonNull(change(extraction.work(message(image))).mask());

    assertThat(mask.classes()).containsExactly("cracked");
    assertThat(mask.key()).isEqualTo("masks/acct/bolts/" + Sha256.hex(mask(64, 64)));
    assertThat(store.kept("relook", mask.key()).bytes()).isEqualTo(mask(64, 64));
  }

  @Test
  @Contract("MASK-CHECKED")
  void aMaskThatCannotBeUsedRejectsItsImageWithASentence() throws Exception {
    LabeledImage image = image(PNG, null);
    image.setColorMap(List.of(new MaskColor(0, "cracked", "#23A436", null)));
    image.setMaskBytes(ByteBuffer.wrap(mask(64, 65)));
    assertThat(maskRefusal(image))
        .isEqualTo(
            "The mask has 64 x 65 pixels and its picture 64 x 64: draw the mask in the picture's"
                + " size.");
    image.setMaskBytes(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    assertThat(maskRefusal(image)).startsWith("The mask cannot be read: ");
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB), "jpeg", jpeg);
    image.setMaskBytes(ByteBuffer.wrap(jpeg.toByteArray()));
    assertThat(maskRefusal(image))
        .isEqualTo(
            "The mask is a JPEG file, whatever its name says, and JPEG changes colours: save it"
                + " as PNG.");
    image.setMaskBytes(null);
    image.setMaskLocation(at("nowhere.png"));
    assertThat(maskRefusal(image)).startsWith("The mask at maskLocation cannot be read: ");
    assertThat(store.bucket("relook")).as("nothing is kept of a rejected image").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0xFFFFFF, 0x000000, 0x808080, 0x0000FF, 0x123456})
  void aNormalImageWithABlankMaskIsOneWithoutAMask(int background) throws Exception {
    LabeledImage image = image(PNG, null);
    image.setColorMap(List.of(new MaskColor(0, "cracked", "#23A436", null)));
    image.setMaskBytes(ByteBuffer.wrap(mask(64, 64, background, background)));
    ImageChange change = change(extraction.work(message(image)));

    assertThat(Objects.requireNonNull(change.annotation()).label()).isEqualTo(Label.NORMAL);
    assertThat(change.mask()).isNull();
    assertThat(store.bucket("relook").keySet()).noneMatch(key -> key.startsWith("masks/"));
  }

  @Test
  void aMaskThatContradictsTheLabelRejectsTheImage() throws Exception {
    LabeledImage image = image(PNG, null);
    image.setColorMap(List.of(new MaskColor(0, "cracked", "#23A436", null)));
    image.setMaskBytes(ByteBuffer.wrap(mask(64, 64)));
    assertThat(maskRefusal(image))
        .isEqualTo(
            "The image is labelled normal and its mask shows cracked: label it anomaly, or leave"
                + " the mask out.");
    image.setLabel(Label.ANOMALY);
    image.setMaskBytes(ByteBuffer.wrap(mask(64, 64, 0xFFFFFF, 0xFFFFFF)));
    assertThat(maskRefusal(image))
        .isEqualTo(
            "The image is labelled anomaly and its mask is blank: draw the defect with a colour of"
                + " the colour map, leave the mask out, or label the image normal.");
  }

  /** What a manifest of a segmentation job alone says: no label, the type of that job. */
  @ParameterizedTest
  @CsvSource({
    "one class, 23A436, FFFFFF, ANOMALY, cracked",
    "two classes, 23A436, 2CA02C, ANOMALY, ",
    "the other class on black, 2CA02C, 000000, ANOMALY, dent",
    "blank white, FFFFFF, FFFFFF, NORMAL, ",
    "blank black, 000000, 000000, NORMAL, ",
    "all of one class, 23A436, 23A436, ANOMALY, cracked",
  })
  void theMaskDecidesTheLabelThatASegmentationJobLeft(
      String kind, String one, String rest, Label label, @Nullable String defectClass)
      throws Exception {
    LabeledImage image = image(PNG, null);
    image.setLabel(Label.NONE);
    image.setAnnotation(
        new AnnotationMetadata(
            "anomaly-label", true, null, null, "groundtruth/semantic-segmentation"));
    image.setColorMap(
        List.of(
            new MaskColor(0, "BACKGROUND", "#ffffff", null),
            new MaskColor(1, "cracked", "#23A436", null),
            new MaskColor(2, "dent", "#2ca02c", null)));
    image.setMaskBytes(
        ByteBuffer.wrap(mask(64, 64, Integer.parseInt(rest, 16), Integer.parseInt(one, 16))));
    Annotation annotation =
        Objects.requireNonNull(change(extraction.work(message(image))).annotation());

    assertThat(annotation.label()).as(kind).isEqualTo(label);
    assertThat(annotation.defectClass()).isEqualTo(defectClass);
    image.setAnnotation(null);
    assertThat(Objects.requireNonNull(change(extraction.work(message(image))).annotation()).label())
        .as("an image that a person left unlabelled")
        .isEqualTo(Label.NONE);
  }

  @Test
  void theDataSetIsToldOfARejectedImageOfAnImport() throws Exception {
    LabeledImage image = image(null, at("with%20space.png"));
    image.setImportId("relook.commands-0-1");
    Collected collected = new Collected();
    extraction.work(message(image)).into(collected);

    assertThat(collected.side).hasSize(1);
    assertThat(collected.main).hasSize(1);
    ImageChange told = collected.main.get(0);
    assertThat(told.isRejected()).isTrue();
    assertThat(told.origin().value()).isNull();
    assertThat(Objects.requireNonNull(told.annotation()).importedLine())
        .isEqualTo(
            new ImportedLine(
                "relook.commands-0-1",
                ((RejectedMessage) collected.side.get(0)).reason().message()))
        .extracting(line -> Objects.requireNonNull(line).rejection())
        .asString()
        .endsWith(
            " Put it there, or allow relook to read it, and send the image again. Its key has a"
                + " %: keys are taken as they are written, so write a space for %20.");
  }

  private String maskRefusal(LabeledImage image) throws Exception {
    RejectedMessage rejected = reason(extraction.work(message(image)));
    assertThat(rejected.reason().code()).isEqualTo(RejectionCode.INVALID_MASK);
    return rejected.reason().message();
  }

  private static byte[] mask(int width, int height) throws IOException {
    return mask(width, height, 0, 0x23A436);
  }

  private static byte[] mask(int width, int height, int background, int drawn) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, background);
    }
    image.setRGB(3, 3, drawn);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    return png.toByteArray();
  }

  @Test
  void aWithdrawalPassesAtOnceWithItsBytes() {
    CheckedImage message =
        CheckedImage.of(origin(), new ImageWithdrawal("acct", "bolts", "s3://theirs/a.png", null));

    ImageChange change = change(extraction.atOnce(message).orElseThrow());

    assertThat(change)
        .isEqualTo(
            new ImageChange(
                "acct", "bolts", message.origin(), "s3://theirs/a.png", null, null, null, null));
  }

  @Test
  void aCutPassesAtOnceWithoutItsBytes() {
    CutMarker cut =
        CutMarker.newBuilder()
            .setAccount("acct")
            .setProject("bolts")
            .setCutId("c")
            .setPartition(0)
            .setPartitions(1)
            .setAdmittedAt(Instant.EPOCH)
            .setCommand(new DeleteDataset("bolts", DatasetType.TRAIN, null))
            .build();

    ImageChange change = change(extraction.atOnce(CheckedImage.of(origin(), cut)).orElseThrow());

    assertThat(change.cut()).isEqualTo(cut);
    assertThat(change.sourceRef()).isEmpty();
    assertThat(change.origin().value()).isNull();
  }

  @Test
  void picturesAreNeverPassedAtOnce() {
    assertThat(extraction.atOnce(inline(PNG))).isEmpty();
    assertThat(extraction.atOnce(located("a.png"))).isEmpty();
  }

  @Test
  @Contract("QUOTA-FORMATS")
  void rejectsBytesThatAreNotAPicture() throws Exception {
    RejectedMessage rejected = reason(work(inline("no picture at all, just text".getBytes(UTF_8))));

    assertThat(rejected.reason().code()).isEqualTo(RejectionCode.UNSUPPORTED_FORMAT);
    assertThat(rejected.reason().stage()).isEqualTo("extract-features");
    assertThat(rejected.reason().account()).isEqualTo("acct");
    assertThat(rejected.reason().project()).isEqualTo("bolts");
    assertThat(rejected.reason().sourceRef()).isEqualTo("s3://theirs/a.png");
    assertThat(rejected.origin().value()).isEqualTo(new byte[] {1, 2, 3});
    assertThat(metrics.rejected.sum()).isEqualTo(1);
    assertThat(store.bucket("relook")).isEmpty();
  }

  @Test
  void rejectsAnIncompletePicture() throws Exception {
    RejectedMessage rejected = reason(work(inline(Arrays.copyOf(PNG, PNG.length / 2))));

    assertThat(rejected.reason().code()).isEqualTo(RejectionCode.UNREADABLE_PICTURE);
    assertThat(store.bucket("relook")).isEmpty();
  }

  @Test
  void rejectsALocationWithoutObject() throws Exception {
    RejectedMessage rejected = reason(work(located("missing.png")));

    assertThat(rejected.reason().code()).isEqualTo(RejectionCode.PICTURE_NOT_FOUND);
    assertThat(rejected.reason().message())
        .isEqualTo(
            "The picture at imageLocation cannot be read: There is no object missing.png in bucket"
                + " theirs. Put it there, or allow relook to read it, and send the image again.");
  }

  @ParameterizedTest
  @EnumSource(Symptom.class)
  void anImageWhoseObjectCannotBeReadGoesOnInItsPlace(Symptom symptom) throws Exception {
    store.fail("theirs", "a.png", symptom);

    ImageChange change = change(work(located("a.png")));

    assertThat(change.deferral())
        .isEqualTo(
            Deferral.waits(
                3,
                42,
                false,
                "The object a.png in bucket theirs cannot be read: "
                    + symptom.words()
                    + ". Check it, the bucket and relook's rights."));
    assertThat(change.origin().value()).as("a rejection needs the bytes").isNotNull();
    assertThat(Objects.requireNonNull(change.annotation()).label()).isEqualTo(Label.NORMAL);
    assertThat(metrics.unavailable.sum()).isEqualTo(1);
    assertThat(metrics.rejected.sum()).isZero();
  }

  @Test
  void aBucketThatMayNotBeReadRejectsNothing() throws Exception {
    store.forbid("theirs");
    for (int i = 0; i < 4; i++) {
      assertThat(change(work(located(i + ".png"))).deferral()).isNotNull();
    }
    int gets = store.gets();

    assertThat(change(work(located("4.png"))).deferral())
        .isEqualTo(
            Deferral.waits(
                3,
                42,
                false,
                "Objects of the bucket theirs cannot be read at present: check that it serves"
                    + " requests and that relook may read it."));
    assertThat(store.gets()).as("the breaker is open: nothing is asked for").isEqualTo(gets);
  }

  @Test
  void anObjectThatHasJustFailedIsNotAskedForAgain() throws Exception {
    store.fail("theirs", "slow.png", Symptom.NO_ANSWER);
    assertThat(change(work(located("slow.png"))).deferral()).isNotNull();
    int gets = store.gets();

    assertThat(change(work(located("slow.png"))).deferral()).isNotNull();
    assertThat(store.gets()).isEqualTo(gets);
  }

  @Test
  void aMaskThatCannotBeReadLetsItsImageWait() throws Exception {
    store.put(at("a.png"), PNG, "image/png", Optional.empty());
    store.fail("theirs", "mask.png", Symptom.REFUSED);
    LabeledImage image = Objects.requireNonNull(located("a.png").image());
    image.setMaskLocation(at("mask.png"));
    image.setLabel(Label.ANOMALY);

    ImageChange change = change(work(CheckedImage.of(origin(), image)));

    assertThat(Objects.requireNonNull(change.deferral()).waits()).isTrue();
    assertThat(store.bucket("relook")).as("nothing is stored for it").isEmpty();
  }

  @Test
  void aStoreThatAsksForFewerRequestsNeverRestartsTheJob() throws Exception {
    store.fail("relook", "", Symptom.SLOW_DOWN);

    assertThat(Objects.requireNonNull(change(work(inline(PNG))).deferral()).waits()).isTrue();
  }

  @Test
  void oneOfOurObjectsThatFailsLetsItsImageWait() throws Exception {
    store.fail("relook", FEATURES, Symptom.SERVER_ERROR);

    assertThat(Objects.requireNonNull(change(work(inline(PNG))).deferral()).waits()).isTrue();
  }

  @Test
  void ourOwnBucketThatCannotBeWrittenIsTheInstallations() {
    store.readOnly("relook");

    assertThatThrownBy(() -> work(inline(PNG)))
        .isInstanceOf(IOException.class)
        .hasMessage("relook's own bucket relook cannot be used: check s3.bucket.");
  }

  @Test
  void anImageThatCanBeReadByNowSaysWhoseItIs() throws Exception {
    store.put(at("a.png"), PNG, "image/png", Optional.empty());

    ImageChange change = change(work(again(located("a.png"))));

    assertThat(change.deferral()).isEqualTo(Deferral.over(2, 5));
    assertThat(Objects.requireNonNull(change.picture()).with(null))
        .isEqualTo(new StoredPicture(DIGEST, "theirs", "a.png", 64, 64, FEATURES));
  }

  @Test
  void anImageThatStillCannotBeReadWaitsOn() throws Exception {
    store.fail("theirs", "a.png", Symptom.REFUSED);

    Deferral deferral = Objects.requireNonNull(change(work(again(located("a.png")))).deferral());

    assertThat(deferral.waits()).isTrue();
    assertThat(deferral.offset()).isEqualTo(5);
  }

  @Test
  void anImageThatIsNoPictureAfterAllIsGivenUpByTheDataSet() throws Exception {
    store.put(at("a.png"), new byte[] {1}, "image/png", Optional.empty());

    Deferral deferral = Objects.requireNonNull(change(work(again(located("a.png")))).deferral());

    assertThat(deferral.rejection()).isEqualTo(RejectionCode.UNSUPPORTED_FORMAT);
    assertThat(deferral.offset()).isEqualTo(5);
  }

  @Test
  void anImageThatIsGivenUpPassesAtOnce() {
    ImageRetry retry = aRetry();
    retry.setRejection("Too late.");

    ImageChange change =
        change(
            extraction.atOnce(new CheckedImage(origin(), null, null, null, retry)).orElseThrow());

    assertThat(change.deferral())
        .isEqualTo(Deferral.givenUp(2, 5, RejectionCode.PICTURE_NOT_FOUND, "Too late."));
    assertThat(change.origin().value()).isNull();
  }

  private static CheckedImage again(CheckedImage image) {
    return new CheckedImage(image.origin(), image.image(), null, null, aRetry());
  }

  private static ImageRetry aRetry() {
    return ImageRetry.newBuilder()
        .setAccount("acct")
        .setProject("bolts")
        .setSourceRef("s3://theirs/a.png")
        .setPartition(2)
        .setOffset(5)
        .build();
  }

  @Test
  @Contract("QUOTA-FILE-SIZE")
  void rejectsAnObjectAboveTheLimit() throws Exception {
    store.put(at("large.png"), new byte[(1 << 20) + 1], "image/png", Optional.empty());

    RejectedMessage rejected = reason(work(located("large.png")));

    assertThat(rejected.reason().code()).isEqualTo(RejectionCode.PICTURE_TOO_LARGE);
    assertThat(rejected.reason().message())
        .isEqualTo(
            "The picture at imageLocation has more than 1048576 bytes: compress or shrink it and"
                + " send the image again.");
  }

  @Test
  @Contract("QUOTA-DIMENSIONS")
  void rejectsAPictureWithASideOutsideTheLimits() throws Exception {
    RejectedMessage narrow = reason(work(inline(SmallPictures.png(1, 63, 64))));
    RejectedMessage wide = reason(work(inline(SmallPictures.png(1, 4097, 64))));

    assertThat(narrow.reason().code()).isEqualTo(RejectionCode.PICTURE_TOO_SMALL);
    assertThat(narrow.reason().message())
        .startsWith("The picture has 63 x 64 pixels, needed are 64 a side");
    assertThat(wide.reason().code()).isEqualTo(RejectionCode.PICTURE_TOO_LARGE);
    assertThat(wide.reason().message())
        .startsWith("The picture has 4097 x 64 pixels, allowed are 4096 a side");
  }

  @Test
  void aStoreThatIsDownIsNoFaultOfThePicture() {
    store.unreachable(true);

    assertThatThrownBy(() -> work(inline(PNG))).isInstanceOf(UncheckedIOException.class);
    assertThatThrownBy(() -> work(located("a.png"))).isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void ourOwnBucketMissingIsNoFaultOfThePicture() {
    store.removeBucket("relook");

    assertThatThrownBy(() -> work(inline(PNG)))
        .hasMessage("relook's own bucket relook cannot be used: check s3.bucket.");
  }

  private OrderedStep.Emission<ImageChange> work(CheckedImage message) throws Exception {
    return extraction.work(message);
  }

  private static CheckedImage inline(byte[] picture) {
    return message(image(picture, null));
  }

  private static CheckedImage located(String key) {
    return message(image(null, at(key)));
  }

  private static S3Object at(String key) {
    return new S3Object("theirs", key, null);
  }

  private static LabeledImage image(byte @Nullable [] picture, @Nullable S3Object location) {
    return LabeledImage.newBuilder()
        .setAccount("acct")
        .setProject("bolts")
        .setSourceRef("s3://theirs/a.png")
        .setImageBytes(picture == null ? null : ByteBuffer.wrap(picture))
        .setImageLocation(location)
        .setLabel(Label.NORMAL)
        .build();
  }

  private static CheckedImage message(LabeledImage image) {
    return CheckedImage.of(origin(), image);
  }

  private static KafkaRecord origin() {
    return new KafkaRecord("relook.images", 3, 42, 1000, new byte[] {9}, new byte[] {1, 2, 3});
  }

  private static ImageChange change(OrderedStep.Emission<ImageChange> emission) {
    Collected collected = new Collected();
    emission.into(collected);
    assertThat(collected.side).isEmpty();
    assertThat(collected.main).hasSize(1);
    return collected.main.get(0);
  }

  private static RejectedMessage reason(OrderedStep.Emission<ImageChange> emission) {
    Collected collected = new Collected();
    emission.into(collected);
    assertThat(collected.main).isEmpty();
    assertThat(collected.side).hasSize(1);
    return (RejectedMessage) collected.side.get(0);
  }

  private static final class Collected implements OrderedStep.Outputs<ImageChange> {
    final List<ImageChange> main = new ArrayList<>();
    final List<Object> side = new ArrayList<>();

    @Override
    public void main(ImageChange value) {
      main.add(value);
    }

    @Override
    public <X> void side(OutputTag<X> tag, X value) {
      assertThat(tag).isEqualTo(REFUSED);
      side.add(value);
    }
  }

  private static final class FakeSummaries implements StoredStatistics {
    @Override
    public byte[] of(Features features) {
      return SUMMARY.getBytes(UTF_8);
    }

    @Override
    public void close() {}
  }

  private static final class CountingExtractor implements FeatureExtractor {
    int calls;

    @Override
    public Features extract(io.relook.learning.picture.Picture picture) {
      calls++;
      return new Features(
          picture.width(),
          picture.height(),
          List.of(new FeatureGrid("tap", 1, 1, 1, new short[] {1})));
    }

    @Override
    public void close() {}
  }
}
