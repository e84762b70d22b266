package io.relook.local;

import io.relook.job.JobOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Whether a line such as {@code ./relook model create --wait} names what exists. */
final class CommandLineCheck {
  static final String LAUNCHER = "./relook ";

  /** A word: up to a space that is not inside quotes. */
  private static final Pattern WORD = Pattern.compile("(?:'[^']*'|\"[^\"]*\"|[^\\s'\"])+");

  private static final Set<String> ENDS = Set.of("|", "||", "&&", ">", ">>", ";", "#");
  private static final Set<String> JOB_OPTIONS =
      JobOptions.ALL.stream().map(ConfigOption::key).collect(Collectors.toSet());

  private final CommandLine root;
  private final Set<String> benchNames;

  /**
   * @param root the command line as the launcher starts it
   * @param benchNames commands and options of {@code ./relook bench}, a program of its own
   */
  CommandLineCheck(CommandLine root, Set<String> benchNames) {
    this.root = root;
    this.benchNames = benchNames;
  }

  /** What is wrong with a line that begins with {@link #LAUNCHER}, as a sentence. */
  Optional<String> flaw(String line) {
    List<String> words = words(line.substring(LAUNCHER.length()));
    if (!words.isEmpty() && words.get(0).equals("bench")) {
      return flawOfBench(words);
    }
    CommandLine command = root;
    boolean positional = false;
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("--")) {
        return flawOfJobOptions(words.subList(i + 1, words.size()));
      }
      if (word.startsWith("-")) {
        String name = word.replaceFirst("=.*", "");
        OptionSpec option = command.getCommandSpec().findOption(name);
        if (option == null) {
          return Optional.of(
              "%s has no option %s: see '%s --help'."
                  .formatted(name(command), name, name(command)));
        }
        if (option.arity().min() > 0 && !word.contains("=")) {
          i++;
        }
      } else if (!positional && command.getSubcommands().containsKey(word)) {
        command = command.getSubcommands().get(word);
      } else if (command.getCommandSpec().positionalParameters().isEmpty()
          && !command.getSubcommands().isEmpty()) {
        return Optional.of(
            "%s has no command %s: see '%s --help'.".formatted(name(command), word, name(command)));
      } else {
        positional = true;
      }
    }
    return Optional.empty();
  }

  private Optional<String> flawOfBench(List<String> words) {
    return words.stream()
        .limit(2)
        .skip(1)
        .filter(word -> !word.startsWith("-") && !benchNames.contains(word))
        .map("./relook bench has no command %s: see './relook bench --help'."::formatted)
        .findFirst()
        .or(
            () ->
                words.stream()
                    .filter(word -> word.startsWith("--"))
                    .map(word -> word.replaceFirst("=.*", ""))
                    .filter(name -> !name.equals("--help") && !benchNames.contains(name))
                    .map("./relook bench has no option %s: see its --help."::formatted)
                    .findFirst());
  }

  private static Optional<String> flawOfJobOptions(List<String> words) {
    return words.stream()
        .filter(word -> word.startsWith("--"))
        .map(word -> word.substring(2).replaceFirst("=.*", ""))
        .filter(key -> !JOB_OPTIONS.contains(key) && !key.startsWith("kafka.properties."))
        .map("The job has no option %s: see docs/reference/options.md."::formatted)
        .findFirst();
  }

  /** The words up to a comment, a pipe or the next command. */
  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    for (String word : WORD.matcher(line).results().map(MatchResult::group).toList()) {
      if (ENDS.contains(word)) {
        break;
      }
      words.add(word);
    }
    return words;
  }

  private static String name(CommandLine command) {
    return "./" + command.getCommandSpec().qualifiedName();
  }
}
