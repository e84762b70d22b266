package io.relook.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * Every schema that was ever used on relook's topics, by its CRC-64-AVRO fingerprint: the current
 * ones of the generated classes and all versions in {@code io/relook/schemas/history}. Immutable.
 *
 * <p>To add a version after a change to {@code src/main/avro}: {@code mvn -q -pl schemas
 * test-compile exec:java -Dexec.mainClass=io.relook.schemas.AddSchemaVersion
 * -Dexec.classpathScope=test}, then commit the new files.
 */
public final class SchemaStore {
  private static final SchemaStore STANDARD = load();

  private final Map<Long, WriterSchema> byFingerprint;
  private final Map<Class<? extends SpecificRecord>, List<Schema>> history;

  private SchemaStore(
      Map<Long, WriterSchema> byFingerprint,
      Map<Class<? extends SpecificRecord>, List<Schema>> history) {
    this.byFingerprint = byFingerprint;
    this.history = history;
  }

  /** The writer's schema of a message, and the class of its records in this build. */
  public record WriterSchema(Schema schema, Class<? extends SpecificRecord> recordClass) {}

  /** The store of this build. */
  public static SchemaStore standard() {
    return STANDARD;
  }

  /** The schema with this CRC-64-AVRO fingerprint (of its parsing canonical form). */
  public Optional<WriterSchema> find(long fingerprint) {
    return Optional.ofNullable(byFingerprint.get(fingerprint));
  }

  /** The checked-in versions of a record's schema, oldest first; the first is version 1. */
  public List<Schema> history(Class<? extends SpecificRecord> recordClass) {
    return history.getOrDefault(recordClass, List.of());
  }

  /** The schema with which this build writes records of the class. */
  public static Schema current(Class<? extends SpecificRecord> recordClass) {
    return SpecificData.get().getSchema(recordClass);
  }

  /** Resource, relative to the class path's root, that holds a version of a record's schema. */
  static String resource(Class<? extends SpecificRecord> recordClass, int version, String suffix) {
    return "io/relook/schemas/history/%s/v%d.%s"
        .formatted(recordClass.getSimpleName(), version, suffix);
  }

  private static SchemaStore load() {
    Map<Long, WriterSchema> byFingerprint = new HashMap<>();
    Map<Class<? extends SpecificRecord>, List<Schema>> history = new LinkedHashMap<>();
    for (Topic topic : Topic.values()) {
      for (Class<? extends SpecificRecord> recordClass : topic.records()) {
        List<Schema> versions = versions(recordClass);
        history.put(recordClass, versions);
        for (Schema version : versions) {
          put(byFingerprint, version, recordClass);
        }
        put(byFingerprint, current(recordClass), recordClass);
      }
    }
    return new SchemaStore(Map.copyOf(byFingerprint), Map.copyOf(history));
  }

  private static void put(
      Map<Long, WriterSchema> byFingerprint,
      Schema schema,
      Class<? extends SpecificRecord> recordClass) {
    // Versions that differ only in docs or defaults have the same fingerprint and the same bytes.
    byFingerprint.put(
        SchemaNormalization.parsingFingerprint64(schema), new WriterSchema(schema, recordClass));
  }

  private static List<Schema> versions(Class<? extends SpecificRecord> recordClass) {
    List<Schema> versions = new ArrayList<>();
    while (true) {
      String resource = resource(recordClass, versions.size() + 1, "avsc");
      try (InputStream in = SchemaStore.class.getClassLoader().getResourceAsStream(resource)) {
        if (in == null) {
          return List.copyOf(versions);
        }
        String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        versions.add(new Schema.Parser().parse(json));
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read the resource " + resource, e);
      }
    }
  }
}
