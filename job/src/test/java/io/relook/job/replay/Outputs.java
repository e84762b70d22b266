package io.relook.job.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.job.stack.TestStack;
import io.relook.schemas.Sha256;
import io.relook.schemas.Topic;
import io.relook.wire.CutMarker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/**
 * All that came out of a replay, in two parts.
 *
 * @param files what every machine must give alike: a JSON file for each topic and for the store, by
 *     name
 * @param numbers what floating-point arithmetic went into, by where it stands
 */
record Outputs(SortedMap<String, JsonNode> files, SortedMap<String, String> numbers) {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Stands in the files for what stands among the numbers. */
  private static final String NUMBERS = "<numbers>";

  static Outputs of(
      RecordedStream stream,
      Outlet outlet,
      ObjectNode datasets,
      Map<String, Map<String, Store.Stored>> filesOfModels,
      Map<String, Map<String, Store.Stored>> objects,
      String endpoint) {
    Names names = Names.of(stream, outlet, filesOfModels, endpoint);
    return new Gathering(names).gather(stream, outlet, datasets, filesOfModels, objects);
  }

  /** Fills both parts. */
  private static final class Gathering {
    private final Names names;
    private final SortedMap<String, JsonNode> files = new TreeMap<>();
    private final SortedMap<String, String> numbers = new TreeMap<>();

    Gathering(Names names) {
      this.names = names;
    }

    Outputs gather(
        RecordedStream stream,
        Outlet outlet,
        ObjectNode datasets,
        Map<String, Map<String, Store.Stored>> filesOfModels,
        Map<String, Map<String, Store.Stored>> objects) {
      for (Topic topic : List.of(Topic.REPLIES, Topic.MODELS, Topic.PROJECTS, Topic.OUTCOMES)) {
        put(topic.suffix(), log(outlet.messages(topic)));
      }
      put(Topic.REJECTIONS.suffix(), rejections(outlet.messages(Topic.REJECTIONS)));
      ObjectNode latest = datasets.putObject("latest");
      outlet
          .messages(Topic.DATASETS)
          .forEach(
              m ->
                  latest.set(
                      String.valueOf(m.key()),
                      m.record().<JsonNode>map(WireJson::of).orElse(NODES.textNode("<gone>"))));
      put(Topic.DATASETS.suffix(), datasets);
      put(Topic.IMAGES.suffix(), images(stream, outlet.messages(Topic.IMAGES)));
      put("model-files", modelFiles(filesOfModels));
      put("store", store(objects));
      return new Outputs(files, numbers);
    }

    private void put(String name, JsonNode json) {
      files.put(name + ".json", portable(name, json));
    }

    private static ArrayNode log(List<Outlet.Message> messages) {
      ArrayNode log = NODES.arrayNode();
      for (Outlet.Message message : messages) {
        ObjectNode json = log.addObject();
        json.put("key", message.key());
        json.set("value", message.record().<JsonNode>map(WireJson::named).orElse(gone()));
      }
      return log;
    }

    private static JsonNode gone() {
      return NODES.textNode("<gone>");
    }

    /** By their places: partitions are worked on side by side. */
    private static ObjectNode rejections(List<Outlet.Message> messages) {
      Map<String, JsonNode> byPlace = new TreeMap<>();
      for (Outlet.Message message : messages) {
        ObjectNode json = message.record().map(WireJson::of).orElseThrow();
        // Said by the place, where the marks of transactions are left out.
        json.remove("offset");
        byPlace.put(String.valueOf(message.key()), json);
      }
      ObjectNode rejections = NODES.objectNode();
      byPlace.forEach(rejections::set);
      return rejections;
    }

    /** What stands in each partition: messages of the stream, and those that the job wrote. */
    private static ObjectNode images(RecordedStream stream, List<Outlet.Message> messages) {
      ObjectNode images = NODES.objectNode();
      Map<String, JsonNode> markers = new HashMap<>();
      for (int partition = 0; partition < StreamAuthor.PARTITIONS; partition++) {
        ArrayNode log = images.putArray("partition " + partition);
        List<Step.Send> sent = new ArrayList<>(sent(stream, partition));
        for (Outlet.Message message : messages) {
          if (message.partition() != partition) {
            continue;
          }
          if (!sent.isEmpty() && Arrays.equals(sent.get(0).value(), message.value())) {
            log.add("sent: " + sent.remove(0).what());
          } else {
            log.add(written(message, markers));
          }
        }
        sent.forEach(send -> log.add("lost: " + send.what()));
      }
      return images;
    }

    private static List<Step.Send> sent(RecordedStream stream, int partition) {
      return stream.steps().stream()
          .filter(Step.Send.class::isInstance)
          .map(Step.Send.class::cast)
          .filter(send -> send.topic() == Topic.IMAGES && send.partition() == partition)
          .toList();
    }

    private static JsonNode written(Outlet.Message message, Map<String, JsonNode> markers) {
      SpecificRecord record = message.record().orElseThrow();
      ObjectNode json = NODES.objectNode().put("key", message.key());
      json.setAll(WireJson.named(record));
      if (record instanceof CutMarker marker) {
        boolean here = marker.getPartition() == message.partition();
        json.remove("partition");
        JsonNode first = markers.putIfAbsent(marker.getCutId(), json);
        if (here && json.equals(first)) {
          return NODES.textNode("marker of " + marker.getCutId() + ", as above");
        }
      }
      return json;
    }

    private ObjectNode modelFiles(Map<String, Map<String, Store.Stored>> filesOfModels) {
      ObjectNode models = NODES.objectNode();
      filesOfModels.forEach(
          (arn, stored) -> {
            ObjectNode model = models.putObject(arn);
            stored.forEach(
                (key, file) -> {
                  ObjectNode json = model.putObject(names.in(key));
                  json.put("contentType", file.contentType());
                  json.set("content", content(names.in(key), file.bytes()));
                });
          });
      return models;
    }

    private JsonNode content(String key, byte[] bytes) {
      String name = key.substring(key.lastIndexOf('/') + 1);
      if (name.startsWith("EvaluationResult")) {
        return result(name, bytes);
      } else if (name.startsWith("EvaluationManifest")) {
        return evaluation(name, bytes);
      } else if (name.startsWith("TrainingManifest")) {
        return manifest(name, bytes);
      } else if (name.startsWith("Report")) {
        // For eyes, with times and pictures in it.
        return NODES.textNode(
            new String(bytes, UTF_8).stripTrailing().endsWith("</html>") ? "a page" : "no page");
      }
      numbers.put(key, Sha256.hex(bytes));
      return NODES.textNode(NUMBERS);
    }

    private static JsonNode result(String name, byte[] bytes) {
      ObjectNode json = (ObjectNode) read(name, new String(bytes, UTF_8));
      ObjectNode details = (ObjectNode) json.path("EvaluationDetails");
      if (details.has("EvaluationEndTimestamp")) {
        details.put("EvaluationEndTimestamp", "<time>");
      }
      return json;
    }

    /** What the model said of each test picture is a number; the rest of each line is not. */
    private ObjectNode evaluation(String name, byte[] bytes) {
      ObjectNode lines = NODES.objectNode();
      StringBuilder order = new StringBuilder();
      for (String line : new String(bytes, UTF_8).split("\n", -1)) {
        if (line.isEmpty()) {
          continue;
        }
        ObjectNode json = (ObjectNode) read(name, line);
        ObjectNode said = (ObjectNode) json.path("anomaly-label-detected-metadata");
        String sourceRef = json.path("source-ref").textValue();
        numbers.put(
            name + " " + sourceRef,
            "%s %s %s"
                .formatted(
                    json.path("anomaly-label-detected"),
                    said.path("class-name").textValue(),
                    said.path("confidence")));
        json.put("anomaly-label-detected", NUMBERS);
        said.put("class-name", NUMBERS).put("confidence", NUMBERS);
        said.put("creation-date", "<time>");
        lines.put(sourceRef, json.toString());
        order.append(sourceRef).append('\n');
      }
      lines.put("sha256 of the order", Sha256.hex(order.toString().getBytes(UTF_8)));
      return lines;
    }

    /** A line for each image, the whole by its digest; the labels that are doubted are numbers. */
    private ObjectNode manifest(String name, byte[] bytes) {
      String text = new String(bytes, UTF_8);
      ObjectNode json = NODES.objectNode();
      json.put("sha256", Sha256.hex(text.replace(",\"suspected-label\":true", "").getBytes(UTF_8)));
      List<String> suspected = new ArrayList<>();
      ObjectNode images = json.putObject("images");
      for (String line : text.split("\n", -1)) {
        if (line.isEmpty()) {
          continue;
        }
        JsonNode image = read(name, line);
        JsonNode relook = image.path("relook");
        images.put(
            image.path("source-ref").textValue(),
            "%s, %s, %s, %s, %s x %s, %s"
                .formatted(
                    relook.path("side").textValue(),
                    image.path("anomaly-label-metadata").path("class-name").textValue(),
                    relook.path("defect-class").textValue(),
                    relook.path("digest").textValue(),
                    relook.path("width"),
                    relook.path("height"),
                    relook.has("mask") ? "masked" : "no mask"));
        if (image.has("suspected-label")) {
          suspected.add(image.path("source-ref").textValue());
        }
      }
      numbers.put(name + " suspected", suspected.toString());
      return json;
    }

    private static JsonNode read(String name, String json) {
      try {
        return JSON.readTree(json);
      } catch (JsonProcessingException e) {
        throw new AssertionError(name + " is no JSON", e);
      }
    }

    /** What lies in relook's bucket and in the customer's in the end. */
    private ObjectNode store(Map<String, Map<String, Store.Stored>> objects) {
      ObjectNode buckets = NODES.objectNode();
      SortedMap<String, StringBuilder> folders = new TreeMap<>();
      objects.forEach(
          (bucket, stored) -> {
            Map<String, String> contents = new TreeMap<>();
            stored.forEach(
                (key, object) -> {
                  String digest = Sha256.hex(object.bytes());
                  String kind = kind(bucket, key, digest);
                  contents.put(names.in(key), object.contentType() + ", " + kind);
                  if (kind.equals(NUMBERS)) {
                    folders
                        .computeIfAbsent(
                            bucket + "/" + key.substring(0, key.indexOf('/')),
                            folder -> new StringBuilder())
                        .append(key)
                        .append(' ')
                        .append(digest)
                        .append('\n');
                  }
                });
            ObjectNode listing = buckets.putObject(bucket);
            contents.forEach(listing::put);
          });
      folders.forEach(
          (folder, listing) ->
              numbers.put(
                  folder + ", sha256 of all objects and keys",
                  Sha256.hex(listing.toString().getBytes(UTF_8))));
      return buckets;
    }

    /** What a machine makes of pictures is numbers; what it was given is not. */
    private static String kind(String bucket, String key, String digest) {
      if (key.contains(digest)) {
        return "named by its digest";
      } else if (bucket.equals(TestStack.OWN_BUCKET)) {
        return NUMBERS;
      }
      return key.matches(".*/(Evaluation|Report|TrainingManifest)[^/]*")
          ? "see model-files"
          : "sha256 " + digest;
    }

    /** The same without numbers and with names; the numbers are noted. */
    private JsonNode portable(String path, JsonNode json) {
      if (json instanceof ObjectNode object) {
        ObjectNode portable = NODES.objectNode();
        object
            .properties()
            .forEach(
                member -> {
                  String at = path + "/" + member.getKey();
                  if (Names.ARE_NUMBERS.contains(member.getKey())) {
                    numbers.put(at, member.getValue().toString());
                    portable.put(member.getKey(), NUMBERS);
                  } else {
                    portable.set(names.in(member.getKey()), portable(at, member.getValue()));
                  }
                });
        return portable;
      } else if (json instanceof ArrayNode array) {
        ArrayNode portable = NODES.arrayNode();
        for (int i = 0; i < array.size(); i++) {
          portable.add(portable(path + "/" + i, array.get(i)));
        }
        return portable;
      }
      return json.isTextual() ? NODES.textNode(names.in(json.textValue())) : json;
    }
  }
}
