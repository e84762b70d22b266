package io.relook.client.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.client.TopicReader;
import io.relook.schemas.Decoding;
import io.relook.schemas.Sha256;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Records as JSON for people and scripts: field names as in the schemas, times as ISO-8601 text,
 * bytes as their length and SHA-256. A record that is one of several kinds has its kind as {@code
 * "type"}. The JSON cannot be read back.
 */
public final class RecordJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private RecordJson() {}

  /** The record's fields. */
  public static ObjectNode of(SpecificRecord record) {
    ObjectNode json = NODES.objectNode();
    for (Schema.Field field : record.getSchema().getFields()) {
      json.set(field.name(), value(record.get(field.pos()), kinds(field.schema()) > 1));
    }
    return json;
  }

  /** A message with its place, for {@code topics tail}. */
  static ObjectNode of(TopicReader.Message message, String topicName) {
    ObjectNode json = NODES.objectNode();
    json.put("topic", topicName);
    json.put("partition", message.partition());
    json.put("offset", message.offset());
    json.put("timestamp", message.timestamp().toString());
    json.put("key", message.key());
    byte[] bytes = message.bytes();
    if (message.value().isEmpty() || bytes == null) {
      json.put("tombstone", true);
    } else if (message.value().get() instanceof Decoding.Decoded decoded) {
      json.put("type", decoded.record().getSchema().getName());
      json.set("value", of(decoded.record()));
    } else if (message.value().get() instanceof Decoding.Undecodable undecodable) {
      json.put("undecodable", undecodable.code().name());
      json.put("message", undecodable.sentence());
      json.set("value", digest(bytes));
    }
    return json;
  }

  /** JSON on one line. */
  static String line(JsonNode json) {
    try {
      return MAPPER.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree can always be written", e);
    }
  }

  /** Number of record types among a union's branches; 0 for other schemas. */
  private static long kinds(Schema schema) {
    return schema.getType() != Schema.Type.UNION
        ? 0
        : schema.getTypes().stream().filter(s -> s.getType() == Schema.Type.RECORD).count();
  }

  private static JsonNode value(@Nullable Object value, boolean named) {
    if (value == null) {
      return NODES.nullNode();
    } else if (value instanceof SpecificRecord record) {
      ObjectNode json = NODES.objectNode();
      if (named) {
        json.put("type", record.getSchema().getName());
      }
      json.setAll(of(record));
      return json;
    } else if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return digest(bytes);
    } else if (value instanceof Collection<?> elements) {
      ArrayNode array = NODES.arrayNode();
      elements.forEach(element -> array.add(value(element, false)));
      return array;
    } else if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> sorted = new TreeMap<>();
      map.forEach((key, element) -> sorted.put(String.valueOf(key), element));
      ObjectNode json = NODES.objectNode();
      sorted.forEach((key, element) -> json.set(key, value(element, false)));
      return json;
    } else if (value instanceof Instant instant) {
      return NODES.textNode(instant.toString());
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

  private static ObjectNode digest(byte[] bytes) {
    ObjectNode json = NODES.objectNode();
    json.put("bytes", bytes.length);
    json.put("sha256", Sha256.hex(bytes));
    return json;
  }
}
