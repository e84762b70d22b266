package io.relook.job.replay;

import io.relook.schemas.Decoding;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Sha256;
import io.relook.schemas.Topic;
import io.relook.wire.LabeledImage;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names for what is told by digests, places and times: digests of models depend on the machine,
 * places in the log on how many transactions there were, and none of them says anything to a
 * person.
 *
 * @param ofDigests names by SHA-256
 * @param ofPlaces names by topic-partition-offset
 * @param ofTimes names of messages by their record times, in milliseconds since the epoch
 */
record Names(
    Map<String, String> ofDigests,
    Map<String, String> ofPlaces,
    Map<Long, String> ofTimes,
    String endpoint) {

  /** Members that hold results of floating-point arithmetic, and what was chosen by them. */
  static final Set<String> ARE_NUMBERS =
      Set.of(
          "f1Score",
          "recall",
          "precision",
          "rocAuc",
          "averagePrecision",
          "threshold",
          "heads",
          // In the evaluation result.
          "Metrics");

  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern MESSAGE_TIME = Pattern.compile("<time (\\d+)>");
  private static final Pattern PLACE = Pattern.compile("relook\\.[a-z]+-\\d+-\\d+");

  static Names of(
      RecordedStream stream,
      Outlet outlet,
      Map<String, Map<String, Store.Stored>> filesOfModels,
      String endpoint) {
    Map<String, String> digests = new HashMap<>();
    for (Step step : stream.steps()) {
      if (step instanceof Step.Put put) {
        digests.putIfAbsent(Sha256.hex(put.bytes()), "<" + put.key() + ">");
      } else if (step instanceof Step.Send send && send.topic() == Topic.IMAGES) {
        name(send, digests);
      }
    }
    filesOfModels.forEach(
        (arn, files) ->
            files.forEach(
                (key, file) -> {
                  if (key.endsWith(".onnx") && !DIGEST.matcher(key).find()) {
                    digests.put(
                        Sha256.hex(file.bytes()),
                        "<" + key.substring(key.lastIndexOf('/') + 1) + ">");
                  }
                }));
    Map<String, String> places = new HashMap<>();
    for (Topic topic : Topic.values()) {
      for (Outlet.Message message : outlet.messages(topic)) {
        String partition = topic.name(Topic.DEFAULT_PREFIX) + "-" + message.partition() + "-";
        places.put(partition + message.offset(), partition + "#%03d".formatted(message.ordinal()));
      }
    }
    return new Names(Map.copyOf(digests), Map.copyOf(places), times(outlet), endpoint);
  }

  /**
   * A command is sent when all before it is answered, so no other has its time. Of images and
   * outcomes several may have been written in the same millisecond.
   */
  private static Map<Long, String> times(Outlet outlet) {
    Map<Long, String> times = new HashMap<>();
    for (Topic topic : List.of(Topic.IMAGES, Topic.OUTCOMES)) {
      outlet.messages(topic).forEach(m -> times.put(m.timestamp(), "<time of a message>"));
    }
    outlet
        .messages(Topic.COMMANDS)
        .forEach(m -> times.put(m.timestamp(), "<time of command #%03d>".formatted(m.ordinal())));
    return Map.copyOf(times);
  }

  /** What stands for a time that should be that of a message, until it is named. */
  static String ofMessage(Instant time) {
    return "<time %d>".formatted(time.toEpochMilli());
  }

  private static void name(Step.Send send, Map<String, String> digests) {
    if (MessageCodec.standard().decode(Topic.IMAGES, send.value())
            instanceof Decoding.Decoded decoded
        && decoded.record() instanceof LabeledImage image) {
      name(image.getImageBytes(), image.getSourceRef(), digests);
      name(image.getMaskBytes(), "mask of " + image.getSourceRef(), digests);
    }
  }

  private static void name(@Nullable ByteBuffer picture, String name, Map<String, String> digests) {
    if (picture != null) {
      byte[] bytes = new byte[picture.remaining()];
      picture.duplicate().get(bytes);
      String free = "<" + name + ">";
      while (digests.containsValue(free)) {
        free = "<another " + free.substring(1);
      }
      digests.putIfAbsent(Sha256.hex(bytes), free);
    }
  }

  /** The text with names in it. */
  String in(String text) {
    String named = DIGEST.matcher(text).replaceAll(found -> quoted(found, ofDigests));
    named = PLACE.matcher(named).replaceAll(found -> quoted(found, ofPlaces));
    named =
        MESSAGE_TIME
            .matcher(named)
            .replaceAll(found -> ofTimes.getOrDefault(Long.valueOf(found.group(1)), "<time>"));
    return named.replace(endpoint, "<store>");
  }

  private static String quoted(MatchResult found, Map<String, String> names) {
    return Matcher.quoteReplacement(names.getOrDefault(found.group(), found.group()));
  }
}
