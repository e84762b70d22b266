package io.relook.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

// JUnit fills the fields that NullAway sees empty.
@SuppressWarnings("NullAway.Init")
class RelookCommandTest {
  private static final String NOBODY = "--bootstrap-servers=127.0.0.1:1";
  @TempDir private Path directory;

  @Test
  void everyCommandHasHelpWithAnExample() {
    List<String> paths = new ArrayList<>();
    collect(RelookCommand.commandLine(), "", paths);
    assertThat(paths)
        .contains(
            "topics create",
            "topics tail",
            "project create",
            "images send",
            "images label",
            "images withdraw",
            "images convert",
            "model create",
            "model describe",
            "model download",
            "models list",
            "models watch",
            "submit",
            "doctor");
    for (String path : paths) {
      String[] args = (path + " --help").strip().split(" ");
      Ran ran = Ran.relook(args);
      assertThat(ran.exitCode()).as(path).isEqualTo(0);
      assertThat(ran.out()).as(path).contains("Usage: relook").contains("Example");
    }
  }

  @Test
  void onlyTheProgramItselfHasAVersion() {
    assertThat(Ran.relook("--version").out()).startsWith("relook ");
    Ran ran = Ran.relook("model", "download", "--project", "parts", "--version", "3");
    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err()).contains("Unknown option").contains("--version");
  }

  @Test
  void doctorSaysWhatDoesNotAnswerAndLooksNoFurther() {
    Ran ran =
        Ran.relook(
            "doctor",
            "--bootstrap-servers",
            "127.0.0.1:1",
            "--cluster",
            "http://127.0.0.1:1",
            "--without-store",
            "--timeout",
            "500ms");

    assertThat(ran.exitCode()).isEqualTo(ExitCode.FAILED.code());
    assertThat(ran.out())
        .contains("broker        1 problem")
        .contains("Kafka at 127.0.0.1:1 did not answer within 500 ms")
        .contains("cluster       1 problem")
        .contains("The Flink cluster at http://127.0.0.1:1 did not answer: check --cluster")
        .doesNotContain("topics", "job  ");
  }

  @Test
  void everyExampleInTheHelpIsUnderstood() {
    List<String> paths = new ArrayList<>();
    collect(RelookCommand.commandLine(), "", paths);
    for (String path : paths) {
      CommandLine command = RelookCommand.commandLine();
      for (String name : path.isEmpty() ? new String[0] : path.split(" ")) {
        command = Objects.requireNonNull(command.getSubcommands().get(name));
      }
      for (String example : command.getCommandSpec().usageMessage().footer()) {
        String[] words = example.strip().split(" ");
        if (example.contains("COMMAND")) {
          continue;
        }
        String[] args = Arrays.copyOfRange(words, 1, words.length);
        RelookCommand.commandLine().parseArgs(args);
      }
    }
  }

  @Test
  void theExitCodesInTheHelpAreThoseOfTheCode() {
    String help = Ran.relook("--help").out();
    for (ExitCode code : ExitCode.values()) {
      assertThat(help).contains(code.code() + "   " + code.meaning());
    }
  }

  @Test
  void wrongUseEndsWithTwoAndOneHint() {
    for (String[] args :
        List.of(
            new String[] {},
            new String[] {"nonsense"},
            new String[] {"topics"},
            new String[] {"project", "create"},
            new String[] {"images", "label", "ref", "--project=p", "--label=perhaps"},
            new String[] {"topics", "tail", "models", "--output=xml"})) {
      Ran ran = Ran.relook(args);
      assertThat(ran.exitCode()).as(String.join(" ", args)).isEqualTo(2);
      assertThat(ran.err()).startsWith("relook: ").contains("--help'.").doesNotContain("\tat ");
      assertThat(ran.out()).isEmpty();
    }
  }

  @Test
  void wrongSettingsEndWithTwo() throws IOException {
    Path config = directory.resolve("relook.properties");
    Files.writeString(config, "bootstrap.servers=a:1\n");
    assertThat(Ran.relook("models", "list", "--config", config.toString()))
        .satisfies(
            ran -> {
              assertThat(ran.exitCode()).isEqualTo(2);
              assertThat(ran.err())
                  .contains(
                      "unknown key bootstrap.servers; known keys are kafka.bootstrap-servers,");
            });
    assertThat(Ran.relook("models", "list", "--timeout=soon").exitCode()).isEqualTo(2);
    assertThat(Ran.relook("topics", "tail", "nothing").err())
        .startsWith("relook: There is no topic 'nothing'; topics are images, commands,");
    assertThat(Ran.relook("images", "send", "--project=p", "/nowhere").exitCode()).isEqualTo(2);
    assertThat(
            Ran.relook("images", "label", "r", "--project=p", "--label=normal", "--defect-class=x")
                .err())
        .isEqualTo(
            "relook: Only an anomaly has a --defect-class: give --label anomaly, or leave the class out."
                + System.lineSeparator());
  }

  @Test
  void theTwoMeaningsOfOutputOfModelCreate() {
    assertThat(Ran.relook("model", "create", "--project=p", "--output=json").err())
        .isEqualTo(
            "{\"error\":\"Give one --output s3://bucket/prefix: the place for the files.\",\"exitCode\":2}"
                + System.lineSeparator());
    assertThat(
            Ran.relook("model", "create", "--project=p", "--output", "s3://b", "--output", "xml")
                .exitCode())
        .isEqualTo(2);
    assertThat(Ran.relook("model", "create", "--project=p", "--output=/tmp").err())
        .contains("The value '/tmp' of --output must be s3://bucket/prefix, or json or text.");
  }

  @Test
  void aBrokerThatDoesNotAnswerEndsWithThree() {
    for (String[] args :
        List.of(
            new String[] {"topics", "create"},
            new String[] {"topics", "tail", "models"},
            new String[] {"models", "list"},
            new String[] {"images", "withdraw", "--project=p", "ref"},
            new String[] {"project", "create", "--project=p"})) {
      List<String> all = new ArrayList<>(List.of(args));
      all.addAll(List.of(NOBODY, "--timeout=300ms"));
      Ran ran = Ran.relook(all.toArray(new String[0]));
      assertThat(ran.exitCode()).as(String.join(" ", args)).isEqualTo(3);
      assertThat(ran.err()).contains("Kafka at 127.0.0.1:1 did not answer within 300 ms");
      assertThat(ran.err()).doesNotContain("\tat ");
    }
  }

  @Test
  void aWrongTimeToWaitIsSaidBeforeAnythingIsSent() {
    for (String args :
        List.of(
            "model create --project=p --output=s3://b --wait",
            "dataset create --project=p --manifest=s3://b/k --wait",
            "dataset import --project=p s3://b/k",
            "dataset update --project=p --changes=s3://b/k --wait")) {
      List<String> all = new ArrayList<>(List.of(args.split(" ")));
      all.addAll(List.of("--wait-timeout=soon", NOBODY, "--timeout=300ms"));
      Ran ran = Ran.relook(all.toArray(new String[0]));
      assertThat(ran.exitCode()).as(args).isEqualTo(2);
      assertThat(ran.err()).contains("The value 'soon' of --wait-timeout must be");
    }
  }

  @Test
  void debugPrintsTheStackTrace() {
    assertThat(Ran.relook("models", "list", NOBODY, "--timeout=300ms", "--debug").err())
        .contains("\tat ");
  }

  @Test
  void textIsAligned() {
    assertThat(Text.table(List.of(List.of("A", "LONG", "C"), List.of("value", "b", ""))))
        .isEqualTo("A      LONG  C" + System.lineSeparator() + "value  b");
  }

  private static void collect(CommandLine command, String path, List<String> paths) {
    paths.add(path);
    command
        .getSubcommands()
        .forEach(
            (name, subcommand) -> {
              if (!name.equals("help")) {
                collect(subcommand, (path + " " + name).strip(), paths);
              }
            });
  }
}
