package io.relook.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.client.TopicReader;
import io.relook.schemas.Decoding;
import io.relook.wire.Command;
import io.relook.wire.CreateModel;
import io.relook.wire.DatasetDescription;
import io.relook.wire.DatasetImageStats;
import io.relook.wire.DatasetStatus;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.MaskColor;
import io.relook.wire.OutputConfig;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import io.relook.wire.Tag;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecordJsonTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00.123Z");

  @Test
  void bytesAreShownAsLengthAndDigest() {
    LabeledImage image =
        LabeledImage.newBuilder()
            .setAccount("acme")
            .setProject("cookies")
            .setSourceRef("a/1.jpg")
            .setImageBytes(ByteBuffer.wrap("abc".getBytes(StandardCharsets.UTF_8)))
            .setLabel(Label.ANOMALY)
            .setDefectClass("cracked")
            .setDataset(DatasetType.TEST)
            .setMaskLocation(new S3Object("b", "m.png", null))
            .setColorMap(List.of(new MaskColor(1, "cracked", "#23A436", 0.5)))
            .build();
    assertThat(RecordJson.line(RecordJson.of(image)))
        .isEqualTo(
            "{\"account\":\"acme\",\"project\":\"cookies\",\"sourceRef\":\"a/1.jpg\",\"imageBytes\":"
                + "{\"bytes\":3,\"sha256\":\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"},"
                + "\"imageLocation\":null,\"label\":\"ANOMALY\",\"defectClass\":\"cracked\","
                + "\"dataset\":\"TEST\",\"maskBytes\":null,\"maskLocation\":{\"bucket\":\"b\","
                + "\"key\":\"m.png\",\"versionId\":null},\"colorMap\":[{\"index\":1,"
                + "\"className\":\"cracked\",\"hexColor\":\"#23A436\",\"confidence\":0.5}],"
                + "\"annotation\":null,\"importId\":null}");
    assertThat(image.getImageBytes().remaining()).isEqualTo(3);
  }

  @Test
  void aRecordOfSeveralKindsSaysWhichAndTimesAreIso() {
    Command command =
        Command.newBuilder()
            .setRequestId("r")
            .setAccount("acme")
            .setRequestedAt(NOON)
            .setBody(
                CreateModel.newBuilder()
                    .setProjectName("cookies")
                    .setOutputConfig(new OutputConfig(new S3Location("b", "p/")))
                    .setTags(List.of(new Tag("line", "4")))
                    .build())
            .build();
    assertThat(RecordJson.line(RecordJson.of(command)))
        .contains("\"requestedAt\":\"2026-11-23T12:00:00.123Z\"")
        .contains("\"body\":{\"type\":\"CreateModel\",\"projectName\":\"cookies\"")
        .contains("\"outputConfig\":{\"s3Location\":{\"bucket\":\"b\",\"prefix\":\"p/\"}}")
        .contains("\"tags\":[{\"key\":\"line\",\"value\":\"4\"}]");
  }

  @Test
  void mapsAreSorted() {
    DatasetDescription dataset =
        DatasetDescription.newBuilder()
            .setAccount("acme")
            .setDatasetArn("arn")
            .setProjectName("cookies")
            .setDatasetType(DatasetType.TRAIN)
            .setCreationTimestamp(NOON)
            .setLastUpdatedTimestamp(NOON)
            .setStatus(DatasetStatus.CREATE_COMPLETE)
            .setStatusMessage("Done.")
            .setImageStats(new DatasetImageStats(3, 3, 0, 3))
            .setImagesByDefectClass(Map.of("scratch", 1, "dent", 2))
            .build();
    assertThat(RecordJson.line(RecordJson.of(dataset)))
        .contains("\"imagesByDefectClass\":{\"dent\":2,\"scratch\":1}");
  }

  @Test
  void aTombstoneAndAnUndecodableMessageAreSaidToBeSo() {
    TopicReader.Message tombstone =
        new TopicReader.Message(0, 7, NOON, "arn", Optional.empty(), null);
    assertThat(RecordJson.line(RecordJson.of(tombstone, "relook.models")))
        .isEqualTo(
            "{\"topic\":\"relook.models\",\"partition\":0,\"offset\":7,\"timestamp\":"
                + "\"2026-11-23T12:00:00.123Z\",\"key\":\"arn\",\"tombstone\":true}");
    TopicReader.Message broken =
        new TopicReader.Message(
            0,
            8,
            NOON,
            null,
            Optional.of(new Decoding.Undecodable(Decoding.Code.MALFORMED, "It is broken.")),
            new byte[] {1, 2});
    assertThat(RecordJson.line(RecordJson.of(broken, "relook.models")))
        .contains("\"key\":null,\"undecodable\":\"MALFORMED\",\"message\":\"It is broken.\"")
        .contains("\"value\":{\"bytes\":2,\"sha256\":");
  }
}
