package io.relook.job.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.schemas.Sha256;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Records of the wire as JSON for people, without what no two runs have in common: durations,
 * versions of relook and of Java. Times are left for {@link Names}; members without a value are
 * left out.
 */
final class WireJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final Map<String, String> OF_THE_RUN =
      Map.of(
          "trainingMillis", "<duration>",
          "relookVersion", "<version>",
          "runtime", "<runtime>");

  /** Times of the wall clock; all others are those of messages. */
  private static final Set<String> OF_CLOCKS = Set.of("endedAt", "evaluationEndTimestamp");

  private WireJson() {}

  static ObjectNode of(SpecificRecord record) {
    ObjectNode json = NODES.objectNode();
    for (Schema.Field field : record.getSchema().getFields()) {
      Object value = record.get(field.pos());
      if (value instanceof Instant && OF_CLOCKS.contains(field.name())) {
        json.put(field.name(), "<time>");
      } else if (OF_THE_RUN.containsKey(field.name()) && value != null) {
        json.put(field.name(), OF_THE_RUN.get(field.name()));
      } else if (value != null) {
        json.set(field.name(), value(value, field.schema()));
      }
    }
    return json;
  }

  /** What a record of a topic with several kinds of records is. */
  static ObjectNode named(SpecificRecord record) {
    ObjectNode json = NODES.objectNode();
    json.put("record", record.getSchema().getName());
    json.setAll(of(record));
    return json;
  }

  private static JsonNode value(@Nullable Object value, Schema schema) {
    if (value == null) {
      return NODES.nullNode();
    } else if (value instanceof SpecificRecord record) {
      return isOneOfSeveral(schema) ? named(record) : of(record);
    } else if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return NODES.textNode(text(bytes));
    } else if (value instanceof Collection<?> elements) {
      ArrayNode array = NODES.arrayNode();
      elements.forEach(element -> array.add(value(element, Schema.create(Schema.Type.NULL))));
      return array;
    } else if (value instanceof Map<?, ?> map) {
      ObjectNode json = NODES.objectNode();
      new TreeMap<>(map)
          .forEach(
              (key, element) ->
                  json.set(String.valueOf(key), value(element, Schema.create(Schema.Type.NULL))));
      return json;
    } else if (value instanceof Instant time) {
      return NODES.textNode(Names.ofMessage(time));
    } else if (value instanceof Integer number) {
      return NODES.numberNode(number);
    } else if (value instanceof Long number) {
      return NODES.numberNode(number);
    } else if (value instanceof Double number) {
      return NODES.numberNode(number);
    } else if (value instanceof Boolean truth) {
      return NODES.booleanNode(truth);
    }
    return NODES.textNode(value.toString());
  }

  private static boolean isOneOfSeveral(Schema schema) {
    return schema.getType() == Schema.Type.UNION
        && schema.getTypes().stream().filter(s -> s.getType() == Schema.Type.RECORD).count() > 1;
  }

  /** Short text as it is, else length and digest. */
  private static String text(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    return text.matches("[ -~]{1,80}")
        ? text
        : "%d bytes, sha256 %s".formatted(bytes.length, Sha256.hex(bytes));
  }
}
