package io.relook.client.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.client.ImagesProducer;
import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.wire.DatasetType;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.Rejection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands of {@code relook images} that change an image that is there. */
final class ImageChangeCommands {
  private ImageChangeCommands() {}

  /** Labels on the command line. */
  enum LabelName {
    normal(Label.NORMAL),
    anomaly(Label.ANOMALY),
    none(Label.NONE);

    final Label label;

    LabelName(Label label) {
      this.label = label;
    }
  }

  /** {@code relook images label}. */
  @Command(
      name = "label",
      customSynopsis = "relook images label --project NAME --label LABEL [OPTIONS] SOURCE_REF",
      mixinStandardHelpOptions = true,
      description = {
        "Gives an image another label; its picture is kept.",
        "Everything else is replaced, so give the defect class and the data set again."
      },
      footerHeading = "%nExample:%n",
      footer =
          "  relook images label --project cookies photos/good/7.jpg --label anomaly --defect-class cracked")
  static final class LabelImage implements Callable<Integer> {
    @Parameters(paramLabel = "SOURCE_REF", description = "The image's source reference.")
    private String sourceRef = "";

    @Mixin private ProjectOption project = new ProjectOption();

    @Option(
        names = "--label",
        required = true,
        paramLabel = "LABEL",
        description = "normal, anomaly or none.")
    private LabelName label = LabelName.none;

    @Option(names = "--defect-class", paramLabel = "CLASS", description = "Kind of defect.")
    private @Nullable String defectClass;

    @Option(
        names = "--dataset",
        paramLabel = "SET",
        defaultValue = "train",
        description = "train or test; default ${DEFAULT-VALUE}.")
    private DatasetType dataset = DatasetType.TRAIN;

    @Mixin private AppliedOptions applied = new AppliedOptions();
    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      if (defectClass != null && label != LabelName.anomaly) {
        throw new RelookException(
            RelookException.Kind.USAGE,
            "Only an anomaly has a --defect-class: give --label anomaly, or leave the class out.");
      }
      RelookConnection relook = connection.connection();
      LabeledImage message =
          LabeledImage.newBuilder()
              .setAccount(relook.settings().account())
              .setProject(project.name())
              .setSourceRef(sourceRef)
              .setLabel(label.label)
              .setDefectClass(defectClass)
              .setDataset(dataset)
              .build();
      return change(
          new Change(relook, project.name(), applied, output),
          images -> images.send(message),
          "Labelled %s %s in project %s.".formatted(sourceRef, label.name(), project.name()),
          "Sent the label %s of %s to project %s."
              .formatted(label.name(), sourceRef, project.name()));
    }
  }

  /** {@code relook images withdraw}. */
  @Command(
      name = "withdraw",
      customSynopsis = "relook images withdraw --project NAME [OPTIONS] SOURCE_REF",
      mixinStandardHelpOptions = true,
      description = "Takes an image out of its project.",
      footerHeading = "%nExample:%n",
      footer = "  relook images withdraw --project cookies photos/good/7.jpg --reason blurred")
  static final class Withdraw implements Callable<Integer> {
    @Parameters(paramLabel = "SOURCE_REF", description = "The image's source reference.")
    private String sourceRef = "";

    @Mixin private ProjectOption project = new ProjectOption();

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why it is withdrawn.")
    private @Nullable String reason;

    @Mixin private AppliedOptions applied = new AppliedOptions();
    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      ImageWithdrawal message =
          ImageWithdrawal.newBuilder()
              .setAccount(relook.settings().account())
              .setProject(project.name())
              .setSourceRef(sourceRef)
              .setReason(reason)
              .build();
      return change(
          new Change(relook, project.name(), applied, output),
          images -> images.withdraw(message),
          "Withdrew %s from project %s.".formatted(sourceRef, project.name()),
          "Sent the withdrawal of %s to project %s.".formatted(sourceRef, project.name()));
    }
  }

  /** Where a change goes, and how its end is told. */
  private record Change(
      RelookConnection relook, String project, AppliedOptions applied, OutputOptions output) {}

  /**
   * Sends a change and answers the exit code.
   *
   * @param done what to print when relook has taken it
   * @param sent what to print when Kafka has it and nobody waited for relook
   */
  private static int change(
      Change change,
      Function<ImagesProducer, CompletableFuture<RecordMetadata>> sending,
      String done,
      String sent) {
    List<RecordMetadata> places = new ArrayList<>();
    Optional<List<Rejection>> rejected =
        change
            .applied()
            .send(
                change.relook(),
                change.project(),
                () -> {
                  try (ImagesProducer images = change.relook().images()) {
                    places.add(sending.apply(images).join());
                  }
                  return places;
                },
                change.output()::progress);
    ObjectNode json = place(places.get(0));
    if (rejected.isEmpty()) {
      change
          .output()
          .print(
              json, sent + " relook rejects it if there is no such image; give --wait to be told.");
      return ExitCode.OK.code();
    }
    if (rejected.get().isEmpty()) {
      change.output().print(json, done);
      return ExitCode.OK.code();
    }
    throw new RelookException(
        RelookException.Kind.FAILED, "Rejected: " + rejected.get().get(0).getMessage());
  }

  private static ObjectNode place(RecordMetadata metadata) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("topic", metadata.topic());
    json.put("partition", metadata.partition());
    json.put("offset", metadata.offset());
    json.put("timestamp", Instant.ofEpochMilli(metadata.timestamp()).toString());
    return json;
  }
}
