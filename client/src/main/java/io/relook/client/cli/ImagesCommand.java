package io.relook.client.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.client.ImageSource;
import io.relook.client.ImagesProducer;
import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.client.SampleBits;
import io.relook.client.pictures.ImageFolder;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.Rejection;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code relook images}. */
@Command(
    name = "images",
    mixinStandardHelpOptions = true,
    description = "Sends pictures, changes their labels, withdraws them, converts them.",
    subcommands = {
      ImagesCommand.Send.class,
      ImageChangeCommands.LabelImage.class,
      ImageChangeCommands.Withdraw.class,
      ConvertCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  relook images send --project cookies photos/",
      "  relook images label --project cookies photos/good/7.jpg --label anomaly --defect-class cracked"
    })
final class ImagesCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw Subcommands.missing(spec);
  }

  /** {@code relook images send}. */
  @Command(
      name = "send",
      customSynopsis = "relook images send --project NAME [OPTIONS] DIR|MANIFEST",
      mixinStandardHelpOptions = true,
      description = {
        "Sends the pictures of a folder or of a manifest, with their labels and masks.",
        "",
        "A folder has good/ (or normal/, ok/…) and one subfolder for each defect class; train/ and test/ above these "
            + "name the data set. Masks are in ground_truth/CLASS or masks/CLASS. What was understood is shown before "
            + "anything is sent; all names that are understood: docs/guides/pictures.md.",
        "A manifest is that of Lookout for Vision or Ground Truth: JSON Lines with s3:// addresses, or with "
            + "paths of files relative to the manifest.",
        "",
        "A picture's source reference is its address in a manifest, and FOLDER/CLASS/FILE in a folder. Sending "
            + "the same reference again replaces the image."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  relook images send --project cookies photos/",
        "  relook images send --project cookies --dry-run photos/",
        "  relook images send --project cookies --dataset test train.manifest"
      })
  static final class Send implements Callable<Integer> {
    private static final Duration PROGRESS = Duration.ofSeconds(2);

    @Parameters(paramLabel = "DIR|MANIFEST", description = "Folder of classes, or manifest file.")
    private Path source = Path.of("");

    @Mixin private ProjectOption project = new ProjectOption();

    @Option(
        names = "--dataset",
        paramLabel = "SET",
        description =
            "train or test, for all pictures; default: as the folder says, otherwise train.")
    private @Nullable DatasetType dataset;

    @Option(
        names = "--dry-run",
        description = "Show what would be sent and what would be left out; send nothing.")
    private boolean dryRun;

    @Mixin private PictureOptions pictures = new PictureOptions();
    @Mixin private AppliedOptions applied = new AppliedOptions();
    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      try (PictureOptions.Selection selection =
          pictures.select(source, Optional.ofNullable(dataset))) {
        if (dryRun) {
          showOnly(selection);
          return pictures.exitCode(selection);
        }
        pictures.confirm(
            selection,
            DatasetType.TRAIN,
            Optional.ofNullable(dataset),
            output.progressWriter(),
            !output.isJson());
        selection.findings().forEach(output::progress);
        SampleBits.of(selection.images()).notice().ifPresent(output::progress);
        Sending sending = new Sending(relook, selection);
        Optional<List<Rejection>> rejected =
            applied.send(relook, project.name(), sending::send, output::progress);
        sending.report(rejected);
        return Math.max(pictures.exitCode(selection), AppliedOptions.exitCode(rejected));
      }
    }

    private void showOnly(PictureOptions.Selection selection) {
      if (selection.folder().isEmpty()) {
        throw new RelookException(
            RelookException.Kind.USAGE,
            "--dry-run shows what is understood of a folder, and %s is a manifest, which has the labels in it: leave out --dry-run."
                .formatted(source));
      }
      ImageFolder folder = selection.folder().get();
      Optional<DatasetType> all = Optional.ofNullable(dataset);
      output.print(
          FolderText.json(folder, DatasetType.TRAIN, all),
          FolderText.of(folder, DatasetType.TRAIN, all)
              + System.lineSeparator()
              + "Nothing was sent (--dry-run).");
    }

    /** One run of the command: what it has sent, in numbers. */
    private final class Sending {
      private final RelookConnection relook;
      private final PictureOptions.Selection selection;
      private final List<ImageSource> images;
      private final Map<Label, Integer> labels = new EnumMap<>(Label.class);
      private final Instant start;
      private int masks;
      private long bytes;
      private double seconds;

      Sending(RelookConnection relook, PictureOptions.Selection selection) {
        this.relook = relook;
        this.selection = selection;
        this.images = selection.images();
        this.start = relook.clock().instant();
      }

      List<RecordMetadata> send() {
        String account = relook.settings().account();
        DatasetType otherwise = dataset == null ? DatasetType.TRAIN : dataset;
        Instant reported = start;
        List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
        try (ImagesProducer producer = relook.images()) {
          for (ImageSource image : images) {
            ImageSource placed = dataset == null ? image : image.in(dataset);
            LabeledImage message = placed.toMessage(account, project.name(), otherwise);
            labels.merge(message.getLabel(), 1, Integer::sum);
            masks += image.mask().isPresent() ? 1 : 0;
            ByteBuffer picture = message.getImageBytes();
            bytes += picture == null ? 0 : picture.remaining();
            sent.add(producer.send(message));
            Instant now = relook.clock().instant();
            if (Duration.between(reported, now).compareTo(PROGRESS) >= 0) {
              long acknowledged =
                  sent.stream()
                      .filter(one -> one.isDone() && !one.isCompletedExceptionally())
                      .count();
              output.progress(
                  "%d of %d pictures acknowledged".formatted(acknowledged, images.size()));
              reported = now;
            }
            // The first failure ends it: later pictures would fail too, each after a long wait.
            sent.stream()
                .filter(CompletableFuture::isCompletedExceptionally)
                .forEach(f -> f.join());
          }
          producer.flush();
          List<RecordMetadata> places = sent.stream().map(CompletableFuture::join).toList();
          seconds = Duration.between(start, relook.clock().instant()).toMillis() / 1000.0;
          return places;
        }
      }

      void report(Optional<List<Rejection>> rejected) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("project", project.name());
        json.put("sent", images.size());
        List<String> parts = new ArrayList<>();
        for (ImageChangeCommands.LabelName name : ImageChangeCommands.LabelName.values()) {
          int number = labels.getOrDefault(name.label, 0);
          json.put(name == ImageChangeCommands.LabelName.none ? "unlabeled" : name.name(), number);
          if (number > 0) {
            parts.add(
                number
                    + " "
                    + (name == ImageChangeCommands.LabelName.none ? "unlabelled" : name.name()));
          }
        }
        json.put("masks", masks);
        json.put("pictureBytes", bytes);
        selection.folder().ifPresent(folder -> FolderText.leftOut(json, folder));
        if (masks > 0) {
          parts.add(masks + " with mask");
        }
        rejected.ifPresent(found -> json.put("rejected", found.size()));
        output.print(
            json,
            "Sent %d pictures to project %s: %s (%s, %s s).%s"
                .formatted(
                    images.size(),
                    project.name(),
                    String.join(", ", parts),
                    String.format(Locale.ROOT, "%.1f MB", bytes / 1e6),
                    String.format(Locale.ROOT, "%.1f", seconds),
                    rejected
                        .map(found -> " " + AppliedOptions.sentence(found, project.name()))
                        .orElse("")));
      }
    }
  }
}
