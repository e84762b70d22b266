package io.relook.job.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** One step of a recorded stream, and its line in the file: what to do, or what to wait for. */
sealed interface Step {

  /** Makes a bucket of the customer's. */
  record Bucket(String name) implements Step {}

  /** Puts an object of the customer's. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Put(String bucket, String key, String contentType, byte[] bytes) implements Step {}

  /**
   * Sends a message, byte by byte as it was.
   *
   * @param what the message in a few words, for whoever reads the file
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Send(Topic topic, int partition, String what, @Nullable String key, byte[] value)
      implements Step {}

  /** Waits for the reply to a request. */
  record AwaitReply(String requestId) implements Step {}

  /** Waits until the latest event of a model has a status. */
  record AwaitModel(String arn, String status) implements Step {}

  /** Waits until the latest event of a data set says this; that event is then compared. */
  record AwaitDataset(String arn, String status, int total, int normal, int anomaly)
      implements Step {}

  /** Waits until a compacted topic has forgotten a key. */
  record AwaitGone(Topic topic, String key) implements Step {}

  /** Waits until there are so many rejections. */
  record AwaitRejections(int count) implements Step {}

  /** The step as a line of the file. */
  static ObjectNode write(Step step) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (step instanceof Bucket bucket) {
      return json.put("step", "bucket").put("name", bucket.name());
    } else if (step instanceof Put put) {
      return json.put("step", "put")
          .put("bucket", put.bucket())
          .put("key", put.key())
          .put("contentType", put.contentType())
          .put("bytes", encoded(put.bytes()));
    } else if (step instanceof Send send) {
      return json.put("step", "send")
          .put("topic", send.topic().suffix())
          .put("partition", send.partition())
          .put("what", send.what())
          .put("key", send.key())
          .put("value", encoded(send.value()));
    } else if (step instanceof AwaitReply await) {
      return json.put("step", "reply").put("requestId", await.requestId());
    } else if (step instanceof AwaitModel await) {
      return json.put("step", "model").put("arn", await.arn()).put("status", await.status());
    } else if (step instanceof AwaitDataset await) {
      return json.put("step", "dataset")
          .put("arn", await.arn())
          .put("status", await.status())
          .put("total", await.total())
          .put("normal", await.normal())
          .put("anomaly", await.anomaly());
    } else if (step instanceof AwaitGone await) {
      return json.put("step", "gone").put("topic", await.topic().suffix()).put("key", await.key());
    }
    return json.put("step", "rejections").put("count", ((AwaitRejections) step).count());
  }

  /** The step of a line. */
  static Step read(JsonNode json) {
    String kind = text(json, "step");
    return switch (kind) {
      case "bucket" -> new Bucket(text(json, "name"));
      case "put" ->
          new Put(
              text(json, "bucket"),
              text(json, "key"),
              text(json, "contentType"),
              decoded(text(json, "bytes")));
      case "send" ->
          new Send(
              topic(json),
              number(json, "partition"),
              text(json, "what"),
              json.path("key").textValue(),
              decoded(text(json, "value")));
      case "reply" -> new AwaitReply(text(json, "requestId"));
      case "model" -> new AwaitModel(text(json, "arn"), text(json, "status"));
      case "dataset" ->
          new AwaitDataset(
              text(json, "arn"),
              text(json, "status"),
              number(json, "total"),
              number(json, "normal"),
              number(json, "anomaly"));
      case "gone" -> new AwaitGone(topic(json), text(json, "key"));
      case "rejections" -> new AwaitRejections(number(json, "count"));
      default -> throw new IllegalArgumentException("No step is called " + kind);
    };
  }

  private static Topic topic(JsonNode json) {
    String suffix = text(json, "topic");
    return Topic.find(Topic.DEFAULT_PREFIX, suffix)
        .orElseThrow(() -> new IllegalArgumentException("No topic is called " + suffix));
  }

  private static String text(JsonNode json, String name) {
    String value = json.path(name).textValue();
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing in " + json);
    }
    return value;
  }

  private static int number(JsonNode json, String name) {
    if (!json.path(name).isInt()) {
      throw new IllegalArgumentException(name + " is missing in " + json);
    }
    return json.path(name).intValue();
  }

  private static String encoded(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] decoded(String text) {
    return Base64.getDecoder().decode(text.getBytes(StandardCharsets.US_ASCII));
  }
}
