package io.relook.job.stack;

import io.relook.client.RelookConnection;
import io.relook.client.TopicReader;
import io.relook.schemas.Topic;
import io.relook.wire.CutMarker;
import io.relook.wire.LabeledImage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;

/** Committed records of a topic, from its beginning to what is its end now. */
public final class Log {

  private Log() {}

  public static List<TopicReader.Message> read(RelookConnection relook, Topic topic) {
    List<TopicReader.Message> messages = new ArrayList<>();
    try (TopicReader reader = relook.read(topic, TopicReader.From.BEGINNING)) {
      while (!reader.caughtUp()) {
        messages.addAll(reader.poll(Duration.ofMillis(100)));
      }
    }
    return messages;
  }

  public static <T extends SpecificRecord> List<T> records(
      RelookConnection relook, Topic topic, Class<T> type) {
    return read(relook, topic).stream()
        .flatMap(message -> message.decoded().stream())
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  /**
   * What each cut has to see: the source references of images that stand before the cut's first
   * marker in their partition.
   */
  public static Map<String, Set<String>> imagesBeforeCuts(RelookConnection relook) {
    List<TopicReader.Message> messages = read(relook, Topic.IMAGES);
    Map<String, Map<Integer, Long>> markers = new HashMap<>();
    for (TopicReader.Message message : messages) {
      message
          .decoded()
          .filter(CutMarker.class::isInstance)
          .map(CutMarker.class::cast)
          .ifPresent(
              cut ->
                  markers
                      .computeIfAbsent(cut.getCutId(), id -> new HashMap<>())
                      .putIfAbsent(message.partition(), message.offset()));
    }
    Map<String, Set<String>> before = new HashMap<>();
    markers.forEach(
        (cutId, places) ->
            before.put(
                cutId,
                messages.stream()
                    .filter(
                        message -> message.offset() < places.getOrDefault(message.partition(), 0L))
                    .flatMap(message -> message.decoded().stream())
                    .filter(LabeledImage.class::isInstance)
                    .map(image -> ((LabeledImage) image).getSourceRef())
                    .collect(Collectors.toCollection(HashSet::new))));
    return before;
  }

  /** Source references in a training manifest. */
  public static Set<String> sourceRefs(byte[] manifest) {
    Set<String> refs = new HashSet<>();
    for (String line : new String(manifest, StandardCharsets.UTF_8).split("\n")) {
      int start = line.indexOf("\"source-ref\":\"");
      if (start >= 0) {
        int from = start + "\"source-ref\":\"".length();
        refs.add(line.substring(from, line.indexOf('"', from)));
      }
    }
    return refs;
  }
}
