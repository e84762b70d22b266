package io.relook.client.cli;

import io.relook.client.RelookConnection;
import io.relook.wire.ModelMetadata;
import io.relook.wire.Tag;
import io.relook.wire.TagResource;
import io.relook.wire.UntagResource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code relook tag}. */
@Command(
    name = "tag",
    mixinStandardHelpOptions = true,
    description = "Adds, removes and lists the tags of models.",
    subcommands = {TagCommand.Add.class, TagCommand.Remove.class, TagCommand.ListTags.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  relook tag add --project cookies --model-version 3 line=4 shift=a",
      "  relook tag remove --project cookies --model-version 3 shift",
      "  relook tag list --project cookies"
    })
final class TagCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw Subcommands.missing(spec);
  }

  /** {@code relook tag add}. */
  @Command(
      name = "add",
      customSynopsis = "relook tag add --project NAME [OPTIONS] KEY=VALUE...",
      mixinStandardHelpOptions = true,
      description = "Adds tags to a model; an existing key gets the new value.",
      footerHeading = "%nExample:%n",
      footer = "  relook tag add --project cookies --model-version 3 line=4")
  static final class Add implements Callable<Integer> {
    @Parameters(paramLabel = "KEY=VALUE", arity = "1..*", description = "Tags.")
    private Map<String, String> tags = new LinkedHashMap<>();

    @Mixin private ModelOptions model = new ModelOptions();
    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      String arn = model.find(relook).getModelArn();
      List<Tag> added = new ArrayList<>();
      tags.forEach((key, value) -> added.add(new Tag(key, value)));
      return Replies.print(
          relook, new TagResource(arn, added), output, "Tagged %s.".formatted(arn));
    }
  }

  /** {@code relook tag remove}. */
  @Command(
      name = "remove",
      customSynopsis = "relook tag remove --project NAME [OPTIONS] KEY...",
      mixinStandardHelpOptions = true,
      description = "Removes tags from a model.",
      footerHeading = "%nExample:%n",
      footer = "  relook tag remove --project cookies --model-version 3 line")
  static final class Remove implements Callable<Integer> {
    @Parameters(paramLabel = "KEY", arity = "1..*", description = "Keys.")
    private List<String> keys = new ArrayList<>();

    @Mixin private ModelOptions model = new ModelOptions();
    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      String arn = model.find(relook).getModelArn();
      return Replies.print(
          relook, new UntagResource(arn, keys), output, "Removed tags from %s.".formatted(arn));
    }
  }

  /** {@code relook tag list}. */
  @Command(
      name = "list",
      customSynopsis = "relook tag list --project NAME [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = "Lists the tags of a model.",
      footerHeading = "%nExample:%n",
      footer = "  relook tag list --project cookies --model-version 3")
  static final class ListTags implements Callable<Integer> {
    @Mixin private ModelOptions model = new ModelOptions();
    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      ModelMetadata found = model.find(connection.connection());
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("KEY", "VALUE"));
      for (Tag tag : found.getTags()) {
        rows.add(List.of(tag.getKey(), tag.getValue()));
      }
      output.printList(
          found.getTags(),
          Text.table(rows),
          "The model %s has no tags.".formatted(found.getModelArn()));
      return ExitCode.OK.code();
    }
  }
}
