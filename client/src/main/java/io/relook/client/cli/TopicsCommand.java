package io.relook.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.client.TopicReader;
import io.relook.client.Topics;
import io.relook.schemas.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code relook topics}. */
@Command(
    name = "topics",
    mixinStandardHelpOptions = true,
    description = "Creates the topics, and shows their records.",
    subcommands = {TopicsCommand.Create.class, TopicsCommand.Tail.class},
    footerHeading = "%nExamples:%n",
    footer = {"  relook topics create", "  relook topics tail models --follow"})
final class TopicsCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw Subcommands.missing(spec);
  }

  private static Topic topic(String prefix, String name) {
    return Topic.find(prefix, name)
        .orElseThrow(
            () ->
                new RelookException(
                    RelookException.Kind.USAGE,
                    "There is no topic '%s'; topics are %s."
                        .formatted(
                            name,
                            Arrays.stream(Topic.values())
                                .map(Topic::suffix)
                                .collect(Collectors.joining(", ")))));
  }

  /** {@code relook topics create}. */
  @Command(
      name = "create",
      customSynopsis = "relook topics create [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = {
        "Creates every missing topic.",
        "Existing topics are not changed; settings that differ are shown."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  relook topics create",
        "  relook topics create --replication-factor 3 --partitions images=12"
      })
  static final class Create implements Callable<Integer> {
    @Option(
        names = "--partitions",
        paramLabel = "TOPIC=N",
        description = "Number of partitions, if not the usual one; may be repeated.")
    private Map<String, Integer> partitions = new LinkedHashMap<>();

    @Option(
        names = "--replication-factor",
        paramLabel = "N",
        description = "Copies of each partition; default: the cluster's.")
    private @Nullable Short replication;

    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      Map<Topic, Integer> counts = new EnumMap<>(Topic.class);
      partitions.forEach(
          (name, count) -> {
            if (count < 1) {
              throw new RelookException(
                  RelookException.Kind.USAGE,
                  "The value %s=%d of --partitions must be 1 or more.".formatted(name, count));
            }
            counts.put(topic(relook.settings().kafka().topicPrefix(), name), count);
          });
      List<Topics.State> states = relook.topics().create(counts, Optional.ofNullable(replication));
      ArrayNode json = JsonNodeFactory.instance.arrayNode();
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("TOPIC", "PARTITIONS", "STATE"));
      for (Topics.State state : states) {
        ObjectNode node = json.addObject();
        node.put("topic", state.name());
        node.put("partitions", state.partitions());
        node.put("created", state.created());
        state.differences().forEach(node.putArray("differences")::add);
        String text = state.created() ? "created" : "existed";
        rows.add(
            List.of(
                state.name(),
                Integer.toString(state.partitions()),
                state.differences().isEmpty()
                    ? text
                    : text + "; " + String.join("; ", state.differences())));
      }
      output.print(json, Text.table(rows));
      return ExitCode.OK.code();
    }
  }

  /** {@code relook topics tail}. */
  @Command(
      name = "tail",
      customSynopsis = "relook topics tail [OPTIONS] TOPIC",
      mixinStandardHelpOptions = true,
      description = {
        "Prints a topic's committed records as JSON lines.",
        "Pictures and other bytes are shown as their length and SHA-256.",
        "Stops at the end that the topic has at the start; with --follow it continues."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  relook topics tail images --max 5",
        "  relook topics tail rejections --follow",
        "  relook topics tail models --key arn:aws:lookoutvision:us-east-1:000000000000:model/cookies/1"
      })
  static final class Tail implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(200);

    @Parameters(
        paramLabel = "TOPIC",
        description =
            "images, commands, replies, models, projects, datasets, predictions, outcomes or rejections.")
    private String name = "";

    @Option(
        names = "--from",
        paramLabel = "PLACE",
        defaultValue = "beginning",
        description = "beginning or end; default ${DEFAULT-VALUE}. end implies --follow.")
    private TopicReader.From from = TopicReader.From.BEGINNING;

    @Option(names = "--follow", description = "Continue with new records until stopped.")
    private boolean follow;

    @Option(names = "--max", paramLabel = "N", description = "Stop after this many records.")
    private long max = Long.MAX_VALUE;

    @Option(names = "--key", paramLabel = "KEY", description = "Only records with this key.")
    private @Nullable String key;

    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      String prefix = relook.settings().kafka().topicPrefix();
      Topic topic = topic(prefix, name);
      boolean following = follow || from == TopicReader.From.END;
      long printed = 0;
      try (TopicReader reader = relook.read(topic, from)) {
        while (printed < max && (following || !reader.caughtUp())) {
          for (TopicReader.Message message : reader.poll(POLL)) {
            if (printed < max && (key == null || key.equals(message.key()))) {
              output.line(RecordJson.line(RecordJson.of(message, topic.name(prefix))));
              printed++;
            }
          }
        }
      }
      return ExitCode.OK.code();
    }
  }
}
