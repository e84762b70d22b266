package io.relook.job.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.job.contract.Contract;
import io.relook.job.domain.ImportRequest;
import io.relook.job.s3.InMemoryObjectStore;
import io.relook.job.s3.OwnBucket;
import io.relook.schemas.access.AccessControl;
import io.relook.wire.DatasetOutcomeKind;
import io.relook.wire.DatasetType;
import io.relook.wire.S3Object;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ManifestImportTest {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
  private static final S3Object MANIFEST = new S3Object("factory", "m.manifest", null);

  private final InMemoryObjectStore store = new InMemoryObjectStore("factory");
  private final ManifestImport imports =
      new ManifestImport(
          store,
          new ImportSettings(new OwnBucket(store.factory(), "relook", null), 1_000_000, 2, 1),
          AccessControl.withoutPolicy("relook"),
          Clock.fixed(NOON, ZoneOffset.UTC));

  @Test
  void imagesAndThenWhatBecameOfThem() throws Exception {
    put("{\"source-ref\":\"s3://factory/a.png\"}");
    Import imported = run("CreateDataset", DatasetType.TRAIN);

    assertThat(imported.images()).hasSize(1);
    assertThat(imported.outcome().getKind()).isEqualTo(DatasetOutcomeKind.IMPORTED);
    assertThat(imported.outcome().getCutId()).isEqualTo("cut");
    assertThat(imported.outcome().getLines()).isEqualTo(1);
    assertThat(imported.outcome().getMessage())
        .isEqualTo("1 line is unlabelled because it has no label.");
    assertThat(imported.outcome().getEndedAt()).isEqualTo(NOON);
  }

  @Test
  void aManifestThatCannotBeReadIsRejectedWithTheReason() {
    assertThat(reason("CreateDataset"))
        .isEqualTo(
            "The manifest s3://factory/m.manifest cannot be read: There is no object m.manifest"
                + " in bucket factory. Put it there, or allow relook to read it. Nothing was"
                + " imported: correct this, delete the data set and create it again.");
    assertThat(reason("UpdateDatasetEntries"))
        .endsWith(" Nothing was imported: correct this and send the command again.");
  }

  @Test
  void aManifestLargerThanAnyThatTheDataSetTakesIsNotRead() throws Exception {
    put(" ".repeat(2 * 8193 + 1));

    assertThat(reason("CreateDataset"))
        .startsWith(
            "The manifest s3://factory/m.manifest has more than 16386 bytes: split it, or leave"
                + " some images out.");
  }

  @Test
  @Contract("QUOTA-MANIFEST-SIZE")
  void aManifestAndChangesHaveALargestSize() throws Exception {
    put(" ".repeat(10_485_760));
    assertThat(large("UpdateDatasetEntries")).startsWith("The manifest has no lines");
    assertThat(large("CreateDataset")).startsWith("The manifest has no lines");
    put(" ".repeat(10_485_761));
    assertThat(large("UpdateDatasetEntries"))
        .startsWith("The manifest s3://factory/m.manifest has more than 10485760 bytes");
    put(" ".repeat(12_000_001));
    assertThat(large("CreateDataset"))
        .startsWith("The manifest s3://factory/m.manifest has more than 12000000 bytes");
  }

  @Test
  void aManifestNamesNoObjectOfAnotherAccount() throws Exception {
    put("{\"source-ref\":\"s3://relook/pictures/other/bolts/aa\"}");
    assertThat(reason("CreateDataset"))
        .startsWith(
            "The manifest s3://factory/m.manifest is refused: source-ref is"
                + " 's3://relook/pictures/other/bolts/aa': relook's own bucket is closed, except"
                + " below s3://relook/uploads/1/: name another location. Nothing was imported");
    put("{\"source-ref\":\"s3://relook/uploads/1/aa\"}");
    assertThat(run("CreateDataset", DatasetType.TRAIN).images()).hasSize(1);
  }

  private String large(String operation) {
    return new ManifestImport(
            store,
            new ImportSettings(
                new OwnBucket(store.factory(), "relook", null), 12_000_000, 16_000, 4_000),
            AccessControl.withoutPolicy("relook"),
            Clock.fixed(NOON, ZoneOffset.UTC))
        .run(
            new ImportRequest(
                "1", "bolts", DatasetType.TRAIN, "cut", operation, null, MANIFEST, null))
        .outcome()
        .getMessage();
  }

  @Test
  void aBadLineIsNamedAndSaidHowToGoOn() throws Exception {
    put("{\"source-ref\":\"s3://factory/a.png\"}\n{}\n");

    assertThat(reason("UpdateDatasetEntries"))
        .isEqualTo(
            "Line 2 of the manifest has no text 'source-ref'. Nothing was imported: correct this"
                + " and send the command again.");
  }

  @Test
  void aStoreThatIsDownFailsTheJobSoThatItIsTriedAgain() {
    store.unreachable(true);

    assertThatThrownBy(() -> run("CreateDataset", DatasetType.TRAIN))
        .isInstanceOf(UncheckedIOException.class);
  }

  private String reason(String operation) {
    Import imported = run(operation, DatasetType.TRAIN);
    assertThat(imported.images()).isEmpty();
    assertThat(imported.outcome().getKind()).isEqualTo(DatasetOutcomeKind.IMPORT_REFUSED);
    return imported.outcome().getMessage();
  }

  private Import run(String operation, DatasetType type) {
    return imports.run(
        new ImportRequest("1", "bolts", type, "cut", operation, null, MANIFEST, null));
  }

  private void put(String text) throws Exception {
    store.put(
        MANIFEST, text.getBytes(StandardCharsets.UTF_8), "application/json", Optional.empty());
  }
}
