package io.relook.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

class SchemaHistoryTest {
  private final SchemaStore store = SchemaStore.standard();

  @Test
  void theCurrentSchemasAreTheNewestCheckedInVersions() {
    for (SpecificRecord example : Examples.all()) {
      List<Schema> versions = store.history(example.getClass());
      Schema newest = versions.isEmpty() ? null : versions.get(versions.size() - 1);
      assertThat(newest)
          .as(
              "%s changed; check in the new version with: %s",
              example.getClass().getSimpleName(), AddSchemaVersion.COMMAND)
          .isEqualTo(SchemaStore.current(example.getClass()));
    }
  }

  @Test
  void everyVersionReadsTheVersionsBeforeIt() {
    for (SpecificRecord example : Examples.all()) {
      List<Schema> versions = new ArrayList<>(store.history(example.getClass()));
      versions.add(SchemaStore.current(example.getClass()));
      for (int reader = 0; reader < versions.size(); reader++) {
        for (int writer = 0; writer < reader; writer++) {
          assertThat(incompatibilities(versions.get(reader), versions.get(writer)))
              .as(
                  "%s, version %d reads version %d",
                  example.getClass().getSimpleName(), reader + 1, writer + 1)
              .isEmpty();
        }
      }
    }
  }

  @Test
  void theCheckSeesAFieldWithoutDefaultInOneDirection() {
    Schema before = new Schema.Parser().parse(record("{\"name\":\"a\",\"type\":\"int\"}"));
    Schema after =
        new Schema.Parser()
            .parse(record("{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"b\",\"type\":\"int\"}"));
    assertThat(incompatibilities(before, after)).isEmpty();
    assertThat(incompatibilities(after, before)).isNotEmpty();
  }

  @Test
  void theExampleOfEveryVersionIsStillReadable() throws IOException {
    MessageCodec codec = new MessageCodec(store);
    for (Topic topic : Topic.values()) {
      for (Class<? extends SpecificRecord> type : topic.records()) {
        for (int version = 1; version <= store.history(type).size(); version++) {
          byte[] message = stored(type, version);
          assertThat(codec.decode(topic, message))
              .as("%s v%d", type.getSimpleName(), version)
              .isInstanceOfSatisfying(
                  Decoding.Decoded.class,
                  decoded -> assertThat(decoded.record()).isInstanceOf(type));
        }
      }
    }
  }

  @Test
  void theExampleOfTheNewestVersionIsUnchanged() throws IOException {
    MessageCodec codec = new MessageCodec(store);
    for (Topic topic : Topic.values()) {
      for (SpecificRecord example : Examples.all()) {
        if (topic.records().contains(example.getClass())) {
          byte[] message = stored(example.getClass(), store.history(example.getClass()).size());
          assertThat(codec.decode(topic, message)).isEqualTo(new Decoding.Decoded(example));
        }
      }
    }
  }

  @Test
  void everyVersionIsFoundByItsFingerprint() {
    for (SpecificRecord example : Examples.all()) {
      for (Schema version : store.history(example.getClass())) {
        assertThat(store.find(SchemaNormalization.parsingFingerprint64(version)))
            .hasValueSatisfying(
                found -> assertThat(found.recordClass()).isEqualTo(example.getClass()));
      }
    }
  }

  private static byte[] stored(Class<? extends SpecificRecord> type, int version)
      throws IOException {
    String resource = SchemaStore.resource(type, version, "bin");
    try (InputStream in = SchemaHistoryTest.class.getClassLoader().getResourceAsStream(resource)) {
      return Objects.requireNonNull(in, resource).readAllBytes();
    }
  }

  private static List<?> incompatibilities(Schema reader, Schema writer) {
    SchemaCompatibility.SchemaPairCompatibility pair =
        SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
    return pair.getType() == SchemaCompatibilityType.COMPATIBLE
        ? List.of()
        : pair.getResult().getIncompatibilities();
  }

  private static String record(String fields) {
    return "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" + fields + "]}";
  }
}
