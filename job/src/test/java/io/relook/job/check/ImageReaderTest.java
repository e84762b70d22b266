package io.relook.job.check;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.contract.Contract;
import io.relook.job.domain.CheckedImage;
import io.relook.job.domain.Partitioning;
import io.relook.job.domain.RejectionCode;
import io.relook.job.domain.RejectionReason;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.kafka.KeyPartition;
import io.relook.job.signing.TestMarkerKeys;
import io.relook.job.signing.VerificationSettings;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.access.AccessControl;
import io.relook.schemas.signing.RecordSignature;
import io.relook.wire.AnnotationMetadata;
import io.relook.wire.CreateModel;
import io.relook.wire.CutMarker;
import io.relook.wire.ImageRetry;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.MaskColor;
import io.relook.wire.OutputConfig;
import io.relook.wire.ProjectDescription;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Change one field, read the exact sentence. */
class ImageReaderTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final int PARTITION = 3;
  private static final int MOST_BYTES = 100;
  private static final String PROJECT_RULE =
      ": it must have 1 to 255 letters, digits, hyphens and underscores, beginning with a letter"
          + " or digit.";

  private final MessageCodec codec = MessageCodec.standard();
  private final ImageReader reader =
      new ImageReader(
          codec,
          new ImageRules(MOST_BYTES),
          AccessControl.withoutPolicy("relook"),
          TestMarkerKeys.verifying().open());

  @Test
  void anImageIsReadWithTheBytesItCameAs() {
    LabeledImage image = anImage().build();
    KafkaRecord message = message(codec.encode(image));

    assertThat(reader.read(message))
        .isEqualTo(new ImageReader.Reading.Read(CheckedImage.of(message, image)));
  }

  @Test
  void aWithdrawalAndACutAreRead() {
    assertThat(read(new ImageWithdrawal("1", "bolts", "ref", null)).withdrawal()).isNotNull();
    assertThat(read(aCut(PARTITION, 5)).cut()).isNotNull();
  }

  /** After a failover the source also reads partitions that were added meanwhile. */
  @Test
  void aMessageInAPartitionThatNoCutReachesIsRejected() {
    ImageReader grown =
        new ImageReader(
            codec,
            new ImageRules(MOST_BYTES, Partitioning.ANY, 4),
            AccessControl.withoutPolicy("relook"),
            TestMarkerKeys.verifying().open());
    byte[] withdrawal = codec.encode(new ImageWithdrawal("1", "bolts", "ref", null));

    assertThat(grown.read(new KafkaRecord("relook.images", 3, 0, 0, null, withdrawal)))
        .isInstanceOf(ImageReader.Reading.Read.class);
    RejectionReason reason =
        ((ImageReader.Reading.Rejected)
                grown.read(new KafkaRecord("relook.images", 4, 0, 0, null, withdrawal)))
            .reason();
    assertThat(reason.code()).isEqualTo(RejectionCode.WRONG_PARTITION);
    assertThat(reason.message())
        .startsWith("The message stands in partition 4, which was added while the job ran");
  }

  @Test
  void withPartitioningByKeyAMessageElsewhereIsRejected() {
    int partitions = 7;
    int own = KeyPartition.of("1/bolts", partitions);
    ImageReader byKey =
        new ImageReader(
            codec,
            new ImageRules(MOST_BYTES, Partitioning.BY_KEY, partitions),
            AccessControl.withoutPolicy("relook"),
            TestMarkerKeys.verifying().open());
    byte[] withdrawal = codec.encode(new ImageWithdrawal("1", "bolts", "ref", null));
    int other = (own + 1) % partitions;

    assertThat(byKey.read(new KafkaRecord("relook.images", own, 0, 0, null, withdrawal)))
        .isInstanceOf(ImageReader.Reading.Read.class);
    RejectionReason reason =
        ((ImageReader.Reading.Rejected)
                byKey.read(new KafkaRecord("relook.images", other, 0, 0, null, withdrawal)))
            .reason();
    assertThat(reason.code()).isEqualTo(RejectionCode.WRONG_PARTITION);
    assertThat(reason.message())
        .isEqualTo(
            "The message stands in partition "
                + other
                + ", and those of the project bolts belong into partition "
                + own
                + ", because images.partitioning is by-key: send it with the key 1/bolts and"
                + " Kafka's own partitioner (librdkafka: partitioner=murmur2_random).");
  }

  @Test
  void aCutOfOnePartitionMayStandInAny() {
    assertThat(read(aCut(PARTITION, 1)).cut()).isNotNull();
  }

  @Test
  void aLabelAloneIsRead() {
    assertThat(read(anImage().setImageBytes(null).build()).image()).isNotNull();
  }

  @Test
  void bytesThatAreNoMessageAreUndecodable() {
    assertThat(reason(message(new byte[] {1, 2, 3})))
        .isEqualTo(
            new RejectionReason(
                "check-images",
                RejectionCode.UNDECODABLE,
                "The message does not begin with C3 01 and a schema fingerprint; write it in Avro's"
                    + " single-object encoding, without a schema registry's prefix.",
                null,
                null,
                null));
  }

  @Test
  void aTombstoneIsUndecodable() {
    assertThat(reason(message(null)).message())
        .isEqualTo(
            "The message has no value; send one record of LabeledImage, ImageWithdrawal,"
                + " CutMarker, ImageRetry.");
  }

  @Test
  void aRecordOfAnotherTopicIsUndecodable() {
    ProjectDescription project =
        new ProjectDescription("1", "arn", "p", NOON, Map.of(), null, null, null, null, null, 0L);

    assertThat(reason(message(codec.encode(project))).message())
        .isEqualTo(
            "A ProjectDescription does not belong on the topic images, which takes LabeledImage,"
                + " ImageWithdrawal, CutMarker, ImageRetry.");
  }

  @Test
  void aRejectionSaysWhoseImageItIs() {
    assertThat(reason(anImage().setDefectClass("").build()))
        .isEqualTo(
            new RejectionReason(
                "check-images",
                RejectionCode.INVALID_MEMBER,
                "defectClass is '': it must have 1 to 256 characters.",
                "123456789012",
                "bolts",
                "s3://factory/1.jpg"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "12/34", "12 34"})
  void account(String account) {
    String rule = ": it must have 1 to 64 letters, digits, hyphens or underscores.";

    assertRejected(anImage().setAccount(account).build(), "account is '" + account + "'" + rule);
    assertRejected(
        new ImageWithdrawal(account, "bolts", "ref", null), "account is '" + account + "'" + rule);
    assertRejected(
        anImage().setAccount("1".repeat(65)).build(), "account is '" + "1".repeat(65) + "'" + rule);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-bolts", "bo/lts"})
  void project(String project) {
    String sentence = "project is '" + project + "'" + PROJECT_RULE;

    assertRejected(anImage().setProject(project).build(), sentence);
    assertRejected(new ImageWithdrawal("1", project, "ref", null), sentence);
    assertRejected(
        anImage().setProject("b".repeat(256)).build(),
        "project is '" + "b".repeat(80) + "…'" + PROJECT_RULE);
  }

  @Test
  void sourceRef() {
    String rule = ": it must have 1 to 2048 characters, not all blank.";

    assertRejected(anImage().setSourceRef(" ").build(), "sourceRef is ' '" + rule);
    assertRejected(
        anImage().setSourceRef("r".repeat(2049)).build(),
        "sourceRef is '" + "r".repeat(80) + "…'" + rule);
    assertRejected(new ImageWithdrawal("1", "bolts", "", null), "sourceRef is ''" + rule);
    assertThat(read(anImage().setSourceRef("r".repeat(2048)).build()).image()).isNotNull();
  }

  @Test
  void aPictureTwice() {
    assertRejected(
        anImage().setImageLocation(new S3Object("b", "k", null)).build(),
        "imageBytes and imageLocation are both given: give one of them.");
  }

  @Test
  void aPictureTooLargeForAMessage() {
    assertThat(read(anImage().setImageBytes(bytes(MOST_BYTES)).build()).image()).isNotNull();
    assertRejected(
        anImage().setImageBytes(bytes(MOST_BYTES + 1)).build(),
        "imageBytes has 101 bytes, and 100 are allowed: put the picture into S3 and send imageLocation.");
  }

  @Test
  void aMaskTwice() {
    assertRejected(
        anImage().setMaskBytes(bytes(1)).setMaskLocation(new S3Object("b", "k", null)).build(),
        "maskBytes and maskLocation are both given: give one of them.");
  }

  @Test
  void aMaskTooLargeForAMessage() {
    assertRejected(
        anImage().setMaskBytes(bytes(MOST_BYTES + 1)).build(),
        "maskBytes has 101 bytes, and 100 are allowed: put the mask into S3 and send maskLocation.");
  }

  @Test
  void aLocationWithoutBucketOrKey() {
    assertRejected(
        anImage().setImageBytes(null).setImageLocation(new S3Object("", "k", null)).build(),
        "imageLocation has no bucket or no key: name both.");
    assertRejected(
        anImage().setMaskLocation(new S3Object("b", "", null)).build(),
        "maskLocation has no bucket or no key: name both.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"arn:aws:foo", "arn:aws:s3:us-east-1:1:accesspoint/a", "a bucket", "a/b"})
  void aLocationInWhatIsNoBucket(String bucket) {
    String rule =
        ".Bucket is '"
            + bucket
            + "': it may only have letters, digits, dots, hyphens and underscores.";

    assertRejected(located(new S3Object(bucket, "k", null)), "imageLocation" + rule);
    assertRejected(
        anImage().setMaskLocation(new S3Object(bucket, "k", null)).build(), "maskLocation" + rule);
  }

  @Test
  void aLocationBeyondItsBounds() {
    assertRejected(
        located(new S3Object("ab", "k", null)),
        "imageLocation.Bucket is 'ab' with 2 characters: it must have 3 to 63.");
    assertRejected(
        located(new S3Object("bucket", "ü".repeat(513), null)),
        "imageLocation.Key is '" + "ü".repeat(80) + "…': it must have 1 to 1024 bytes in UTF-8.");
    assertRejected(
        located(new S3Object("bucket", "k", "")),
        "imageLocation.VersionId is '' with 0 characters: it must have 1 to 1024.");
    assertThat(read(located(new S3Object("bucket", "ü +" + "k".repeat(1020), "v"))).image())
        .isNotNull();
  }

  @Test
  void aDefectClassOfAGoodImage() {
    assertRejected(
        anImage().setLabel(Label.NORMAL).setDefectClass("dent").build(),
        "defectClass is given but label is NORMAL: send label ANOMALY, or no defectClass.");
  }

  @Test
  void aDefectClassTooLong() {
    assertRejected(
        anImage().setDefectClass("d".repeat(257)).build(),
        "defectClass is '" + "d".repeat(80) + "…': it must have 1 to 256 characters.");
  }

  @Test
  void aColourMapTooLongOrWithoutNames() {
    assertRejected(
        anImage()
            .setColorMap(Collections.nCopies(257, new MaskColor(0, "a", "#000000", null)))
            .build(),
        "colorMap has 257 colours: give at most 256.");
    assertRejected(
        anImage().setColorMap(List.of(new MaskColor(0, " ", "#000000", null))).build(),
        "colorMap has the className ' ': each must have 1 to 256 characters, not all blank.");
  }

  @Test
  void aCutThatStandsInAnotherPartition() {
    assertRejected(
        aCut(PARTITION + 1, 5),
        "The cut marker was written for partition 4 but stands in partition 3: only the job writes"
            + " cut markers.");
  }

  @Test
  void aCutThatCountsTooFewPartitions() {
    assertRejected(
        aCut(PARTITION, PARTITION),
        "The cut marker counts 3 partitions: only the job writes cut markers.");
  }

  @RepeatedTest(5)
  void anyBytesAreReadOrRejected(RepetitionInfo repetition) {
    System.out.println("Seed of these bytes: " + repetition.getCurrentRepetition());
    Random random = new Random(repetition.getCurrentRepetition());
    byte[][] good = {
      codec.encode(anImage().build()),
      codec.encode(aCut(PARTITION, 5)),
      codec.encode(new ImageWithdrawal("1", "bolts", "ref", null))
    };
    for (int i = 0; i < 5_000; i++) {
      assertThat(reader.read(message(damaged(good[random.nextInt(3)], random)))).isNotNull();
    }
  }

  /** A message with a few bytes changed, or cut off, or nothing but noise. */
  static byte[] damaged(byte[] message, Random random) {
    if (random.nextInt(4) == 0) {
      byte[] noise = new byte[random.nextInt(60)];
      random.nextBytes(noise);
      return noise;
    }
    byte[] damaged = Arrays.copyOf(message, random.nextInt(message.length + 4));
    for (int i = random.nextInt(4); i > 0 && damaged.length > 10; i--) {
      damaged[10 + random.nextInt(damaged.length - 10)] = (byte) random.nextInt();
    }
    return damaged;
  }

  @Test
  @Contract("ACCESS-MARKER")
  void aMarkerIsTakenFromTheJobAlone() {
    byte[] marker = codec.encode(aCut(PARTITION, 5));
    KafkaRecord signed = TestMarkerKeys.signed(message(marker));

    assertThat(markerReason(unsigned(signed)))
        .isEqualTo("The cut marker has no signature. Only the job writes cut markers.");
    assertThat(markerReason(with(signed, new byte[] {1})))
        .startsWith("The header relook-mac of the cut marker is not a signature.");
    assertThat(
            markerReason(with(signed, "other:".concat("A".repeat(86) + "==").getBytes(US_ASCII))))
        .startsWith(
            "The cut marker is signed with the key 'other', which is not one of"
                + " markers.verify-keys (test)");
    assertThat(markerReason(with(signed, "test:".concat("A".repeat(86) + "==").getBytes(US_ASCII))))
        .startsWith("The signature of the cut marker does not fit its bytes, topic and partition.");
    KafkaRecord moved =
        new KafkaRecord(
            "relook.images", 4, 1, NOON.toEpochMilli(), null, marker, signed.signature());
    assertThat(markerReason(moved)).startsWith("The signature of the cut marker does not fit");
    KafkaRecord elsewhere =
        new KafkaRecord(
            "in.images", PARTITION, 1, NOON.toEpochMilli(), null, marker, signed.signature());
    assertThat(markerReason(elsewhere)).startsWith("The signature of the cut marker does not fit");
    assertThat(reader.read(signed)).isInstanceOf(ImageReader.Reading.Read.class);
  }

  @Test
  void anOldMarkerOfAnEarlierVersionIsTakenUpToTheUpgradeAlone() throws Exception {
    byte[] old;
    try (var file =
        MessageCodec.class.getResourceAsStream("/io/relook/schemas/history/CutMarker/v3.bin")) {
      old = file == null ? codec.encode(aCut(PARTITION, 5)) : file.readAllBytes();
    }
    long upgrade = NOON.toEpochMilli();
    ImageReader upgraded =
        new ImageReader(
            codec,
            new ImageRules(MOST_BYTES),
            AccessControl.withoutPolicy("relook"),
            new VerificationSettings(TestMarkerKeys.verifying().keys(), upgrade).open());

    assertThat(upgraded.read(at(old, upgrade - 1))).isInstanceOf(ImageReader.Reading.Read.class);
    assertThat(((ImageReader.Reading.Rejected) upgraded.read(at(old, upgrade))).reason().message())
        .isEqualTo(
            "The cut marker has no signature. Only the job writes cut markers. Those without a"
                + " signature are taken when the broker appended them before"
                + " 2026-11-23T12:00:00Z (markers.unsigned-until).");
  }

  @ParameterizedTest
  @ValueSource(strings = {"labelAttribute", "creationDate", "jobName", "type"})
  void everyTextOfAnAnnotationIsBounded(String member) {
    AnnotationMetadata annotation =
        AnnotationMetadata.newBuilder().setLabelAttribute("l").setHumanAnnotated(true).build();
    annotation.put(member, "x".repeat(256));
    assertThat(read(anImage().setAnnotation(annotation).build()).image()).isNotNull();

    annotation.put(member, "x".repeat(257));
    assertThat(reason(anImage().setAnnotation(annotation).build()).message())
        .startsWith("annotation." + member + " is 'xxx")
        .endsWith(" with 257 characters: it must have at most 256.");
  }

  @Test
  void aMarkerThatIsTooOldToBeRememberedIsRejected() {
    byte[] marker = codec.encode(aCut(PARTITION, 5));
    long last = NOON.plus(ImageRules.OLDEST_MARKER).toEpochMilli();

    assertThat(reader.read(TestMarkerKeys.signed(at(marker, last))))
        .isInstanceOf(ImageReader.Reading.Read.class);
    RejectionReason reason = reason(TestMarkerKeys.signed(at(marker, last + 1)));
    assertThat(reason.code()).isEqualTo(RejectionCode.INVALID_MEMBER);
    assertThat(reason.message()).contains("more than 45 days before the marker was written");
  }

  @Test
  void anImageIsTakenAgainAsItsMessageSays() {
    LabeledImage image = located(new S3Object("theirs", "a.png", null));
    image.setImportId("import");

    CheckedImage checked = read(aRetry(codec.encode(image)).build());

    image.setImportId(null);
    assertThat(checked.image()).as("the import has counted it").isEqualTo(image);
    assertThat(Objects.requireNonNull(checked.retry()).getOffset()).isEqualTo(7);
  }

  @Test
  void anImageThatIsGivenUpComesAlone() {
    CheckedImage checked = read(aRetry(null).setRejection("Too late.").build());

    assertThat(checked.image()).isNull();
    assertThat(Objects.requireNonNull(checked.retry()).getRejection()).isEqualTo("Too late.");
  }

  @Test
  void anImageThatBreaksARuleByNowIsGivenUp() {
    LabeledImage others = located(new S3Object("relook", "pictures/1/bolts/aa", null));

    CheckedImage checked = read(aRetry(codec.encode(others)).build());

    assertThat(checked.image()).isNull();
    assertThat(Objects.requireNonNull(checked.retry()).getMessage()).isNull();
    assertThat(String.valueOf(checked.retry().getRejection()))
        .startsWith("imageLocation is 's3://relook/pictures/1/bolts/aa': relook's own bucket");
    assertThat(read(aRetry(new byte[] {1}).build()).image()).isNull();
  }

  @Test
  void onlyTheJobWritesImageRetries() {
    byte[] retry = codec.encode(aRetry(null).setRejection("Too late.").build());
    assertThat(markerReason(message(retry)))
        .isEqualTo("The image retry has no signature. Only the job writes image retries.");
    assertThat(markerReason(with(message(retry), new byte[] {1})))
        .isEqualTo(
            "The header "
                + RecordSignature.HEADER
                + " of the image retry is not a signature. Only the job writes image retries.");
    RejectionReason elsewhere =
        reason(
            TestMarkerKeys.signed(
                message(codec.encode(aRetry(null).setPartition(PARTITION + 1).build()))));
    assertThat(elsewhere.code()).isEqualTo(RejectionCode.INVALID_MEMBER);
    assertThat(elsewhere.message()).contains("but stands in partition " + PARTITION);
  }

  private static ImageRetry.Builder aRetry(byte @Nullable [] message) {
    return ImageRetry.newBuilder()
        .setAccount("123456789012")
        .setProject("bolts")
        .setSourceRef("ref")
        .setPartition(PARTITION)
        .setOffset(7)
        .setMessage(message == null ? null : ByteBuffer.wrap(message));
  }

  @Test
  void anImageNamesNoObjectOfAnotherAccount() {
    LabeledImage own = located(new S3Object("relook", "uploads/123456789012/bolts/aa", null));
    LabeledImage others = located(new S3Object("relook", "pictures/1/bolts/aa", null));
    LabeledImage mask =
        anImage()
            .setMaskLocation(new S3Object("relook", "uploads/1/aa", null))
            .setColorMap(List.of(new MaskColor(1, "scratch", "#ff0000", null)))
            .build();

    assertThat(read(own).image()).isEqualTo(own);
    assertThat(reason(others).code()).isEqualTo(RejectionCode.FORBIDDEN_LOCATION);
    assertThat(reason(others).message())
        .startsWith("imageLocation is 's3://relook/pictures/1/bolts/aa': relook's own bucket");
    assertThat(reason(mask).code()).isEqualTo(RejectionCode.FORBIDDEN_LOCATION);
  }

  private String markerReason(KafkaRecord message) {
    RejectionReason reason = reason(message);
    assertThat(reason.code()).isEqualTo(RejectionCode.UNSIGNED_MARKER);
    assertThat(reason.project()).isEqualTo("bolts");
    return reason.message();
  }

  private static KafkaRecord unsigned(KafkaRecord record) {
    return record.withoutSignature();
  }

  private static KafkaRecord with(KafkaRecord record, byte[] signature) {
    return new KafkaRecord(
        record.topic(),
        record.partition(),
        record.offset(),
        record.timestamp(),
        record.key(),
        record.value(),
        signature);
  }

  private static KafkaRecord at(byte[] value, long appendedAt) {
    return new KafkaRecord("relook.images", PARTITION, 1, appendedAt, null, value);
  }

  private CheckedImage read(SpecificRecord record) {
    return ((ImageReader.Reading.Read) reader.read(sent(record))).image();
  }

  private RejectionReason reason(SpecificRecord record) {
    return reason(sent(record));
  }

  private RejectionReason reason(KafkaRecord message) {
    return ((ImageReader.Reading.Rejected) reader.read(message)).reason();
  }

  private void assertRejected(SpecificRecord record, String sentence) {
    assertThat(reason(record).code()).isEqualTo(RejectionCode.INVALID_MEMBER);
    assertThat(reason(record).message()).isEqualTo(sentence);
  }

  private static LabeledImage.Builder anImage() {
    return LabeledImage.newBuilder()
        .setAccount("123456789012")
        .setProject("bolts")
        .setSourceRef("s3://factory/1.jpg")
        .setImageBytes(bytes(9))
        .setLabel(Label.ANOMALY);
  }

  private static LabeledImage located(S3Object location) {
    return anImage().setImageBytes(null).setImageLocation(location).build();
  }

  private static CutMarker aCut(int partition, int partitions) {
    CreateModel create =
        CreateModel.newBuilder()
            .setProjectName("bolts")
            .setOutputConfig(new OutputConfig(new S3Location("models", "")))
            .build();
    return CutMarker.newBuilder()
        .setAccount("1")
        .setProject("bolts")
        .setCutId("cut")
        .setPartition(partition)
        .setPartitions(partitions)
        .setAdmittedAt(NOON)
        .setCommand(create)
        .build();
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.wrap(new byte[count]);
  }

  /** As the job writes a marker, or a client anything else. */
  private KafkaRecord sent(SpecificRecord record) {
    KafkaRecord message = message(codec.encode(record));
    return record instanceof CutMarker || record instanceof ImageRetry
        ? TestMarkerKeys.signed(message)
        : message;
  }

  private static KafkaRecord message(byte @Nullable [] value) {
    return new KafkaRecord(
        "relook.images", PARTITION, 42, NOON.toEpochMilli(), new byte[] {7}, value);
  }
}
