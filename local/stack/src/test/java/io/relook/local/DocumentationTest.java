package io.relook.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.local.Page.Found;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * What people read is true: links lead somewhere, commands and their options exist, files and
 * classes that are named are there, and the quick start is what continuous integration runs.
 */
class DocumentationTest {
  private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
  private static final Path README = ROOT.resolve("README.md");
  private static final int LONGEST_README = 250;

  /** A path of this repository, as a person writes it. */
  private static final Pattern PATH =
      Pattern.compile(
          "(?:bench|chaos|client|deploy|docs|job|learning|local|schemas)/[A-Za-z0-9_./-]*");

  /** A class, or a method of it. */
  private static final Pattern CLASS =
      Pattern.compile("([A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+)(?:\\.[a-z]\\w*)?");

  /** Names of other projects, which our sources do not mention. */
  private static final Set<String> FOREIGN = Set.of("AsyncWaitOperator", "ImageStats");

  private static final Pattern WORD = Pattern.compile("\\w+");
  private static final Pattern BENCH_NAME =
      Pattern.compile("\\bnames? = \"(-?-?[a-z][a-z0-9-]*)\"");

  private static final Map<Path, Page> PAGES = new HashMap<>();

  /** Every word of the sources, without those of the documentation. */
  private static final Set<String> WORDS_OF_SOURCES = new HashSet<>();

  @BeforeAll
  static void readEverything() throws IOException {
    for (Path page : documents()) {
      PAGES.put(page, Page.read(page));
    }
    for (Path source : files(".java", ".avsc", ".xml", ".yaml")) {
      String name = String.valueOf(source.getFileName());
      WORDS_OF_SOURCES.add(name.substring(0, name.lastIndexOf('.')));
      // This one names what our sources do not.
      if (!name.equals("DocumentationTest.java")) {
        for (Matcher word = WORD.matcher(Files.readString(source)); word.find(); ) {
          WORDS_OF_SOURCES.add(word.group());
        }
      }
    }
  }

  @Test
  void linksLeadToFilesAndHeadingsThatExist() {
    assertThat(flaws(Page::links, DocumentationTest::flawOfLink)).isEmpty();
  }

  @Test
  void commandsAndTheirOptionsExist() throws IOException {
    CommandLineCheck check = new CommandLineCheck(Relook.commandLine(), namesOfBench());

    assertThat(flaws(DocumentationTest::commands, (page, line) -> check.flaw(line.text())))
        .isEmpty();
  }

  @Test
  void everyCommandIsInTheTableOfCommands() {
    Page guide = page(ROOT.resolve("docs/guides/command-line.md"));

    assertThat(guide.codes().stream().map(Found::text))
        .as("codes of docs/guides/command-line.md: add a row for what is missing")
        .containsAll(leaves(Relook.commandLine()));
  }

  @Test
  void filesThatAreNamedExist() {
    assertThat(flaws(Page::codes, DocumentationTest::flawOfPath)).isEmpty();
  }

  @Test
  void classesThatAreNamedExist() {
    assertThat(flaws(Page::codes, DocumentationTest::flawOfClass)).isEmpty();
  }

  @Test
  void theQuickStartIsWhatContinuousIntegrationRuns() throws IOException {
    List<String> commandsOfReadme =
        page(README).blocks().stream()
            .map(block -> block.text().strip())
            .filter(block -> block.matches("(\\./relook demo|mvn .*)"))
            .distinct()
            .toList();
    List<String> commandsOfCi =
        Files.readAllLines(ROOT.resolve(".ci/run")).stream()
            .filter(line -> !line.isBlank() && !line.matches("(#|set |cd ).*"))
            .toList();

    assertThat(commandsOfReadme)
        .as("README.md shows two commands, the demo and the tests, each in a block of its own")
        .containsExactly("./relook demo", "mvn verify");
    assertThat(commandsOfCi)
        .as(".ci/run runs the test command of README.md, and nothing else")
        .containsExactly(commandsOfReadme.get(1));
  }

  @Test
  void theReadmeIsShort() {
    assertThat(page(README).lines())
        .as("lines of README.md: move what is for later readers to docs/")
        .isLessThanOrEqualTo(LONGEST_README);
  }

  @ParameterizedTest
  @CsvSource({
    "Where to find it in the code, where-to-find-it-in-the-code",
    "`predict` and “quotes” (2), predict-and-quotes-2",
    "A – dash, a--dash"
  })
  void anchorsAreNamedAsGitHubNamesThem(String heading, String anchor) {
    assertThat(Page.slug(heading.replace("`", ""))).isEqualTo(anchor);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "./relook modle create",
        "./relook model crate",
        "./relook model create --projekt parts",
        "./relook submit -- --s3.bukket relook",
        "./relook submit -- --kafka.property.x y",
        "./relook bench speed",
        "./relook bench load --second 4"
      })
  void aCommandThatDoesNotExistIsFound(String line) throws IOException {
    assertThat(new CommandLineCheck(Relook.commandLine(), namesOfBench()).flaw(line)).isPresent();
  }

  private static Optional<String> flawOfLink(Page page, Found link) {
    String destination = link.text();
    if (destination.matches("[a-z][a-z0-9+.-]*:.*")) {
      return Optional.empty();
    }
    String[] parts = destination.split("#", 2);
    Path target =
        parts[0].isEmpty()
            ? page.file()
            : page.file()
                .resolveSibling(URLDecoder.decode(parts[0], StandardCharsets.UTF_8))
                .normalize();
    if (!target.startsWith(ROOT) || !Files.exists(target)) {
      return Optional.of(
          "The link %s leads nowhere: there is no %s. Correct the path."
              .formatted(destination, shown(target)));
    }
    if (parts.length == 2 && PAGES.containsKey(target) && !anchors(target).contains(parts[1])) {
      return Optional.of(
          "The link %s leads to no heading: %s has %s."
              .formatted(destination, shown(target), anchors(target)));
    }
    return Optional.empty();
  }

  private static Optional<String> flawOfPath(Page page, Found code) {
    if (!PATH.matcher(code.text()).matches()) {
      return Optional.empty();
    }
    // Of what a build makes, the module is checked.
    Path path = ROOT.resolve(code.text().replaceFirst("/target(/.*)?$", ""));
    return Files.exists(path)
        ? Optional.empty()
        : Optional.of("There is no %s. Name what there is.".formatted(shown(path)));
  }

  private static Optional<String> flawOfClass(Page page, Found code) {
    Matcher name = CLASS.matcher(code.text());
    return !name.matches()
            || FOREIGN.contains(name.group(1))
            || WORDS_OF_SOURCES.contains(name.group(1))
        ? Optional.empty()
        : Optional.of(
            "No source mentions %s: it was renamed or removed. Use its present name."
                .formatted(name.group(1)));
  }

  /** Commands that have none below them, as a person calls them. */
  private static List<String> leaves(CommandLine command) {
    return command.getSubcommands().isEmpty()
        ? List.of("./" + command.getCommandSpec().qualifiedName())
        : command.getSubcommands().values().stream()
            .distinct()
            .flatMap(below -> leaves(below).stream())
            .toList();
  }

  /** Lines of code blocks, and code in the text, that call the launcher. */
  private static List<Found> commands(Page page) {
    List<Found> commands = new ArrayList<>();
    for (Found block : page.blocks()) {
      List<String> lines = block.text().lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        int begin = i;
        StringBuilder line = new StringBuilder(lines.get(i).replaceFirst("^\\$ ", ""));
        while (line.toString().endsWith("\\") && i + 1 < lines.size()) {
          line.setLength(line.length() - 1);
          line.append(lines.get(++i).strip());
        }
        commands.add(new Found(line.toString(), block.line() + 1 + begin));
      }
    }
    commands.addAll(page.codes());
    return commands.stream()
        .filter(command -> command.text().startsWith(CommandLineCheck.LAUNCHER))
        .toList();
  }

  /** {@code ./relook bench} is a program of a module above this one: its names as sources say. */
  private static Set<String> namesOfBench() throws IOException {
    Set<String> names = new HashSet<>();
    for (Path source : files(".java")) {
      if (source.startsWith(ROOT.resolve("bench"))) {
        for (Matcher name = BENCH_NAME.matcher(Files.readString(source)); name.find(); ) {
          names.add(name.group(1));
        }
      }
    }
    return names;
  }

  /** Each flaw as {@code file:line: sentence}. */
  private static List<String> flaws(
      Function<Page, List<Found>> parts, BiFunction<Page, Found, Optional<String>> flaw) {
    return PAGES.values().stream()
        .flatMap(
            page ->
                parts.apply(page).stream()
                    .flatMap(
                        part ->
                            flaw
                                .apply(page, part)
                                .map(said -> shown(page.file()) + ":" + part.line() + ": " + said)
                                .stream()))
        .sorted()
        .toList();
  }

  private static Page page(Path file) {
    Page page = PAGES.get(file);
    if (page == null) {
      throw new IllegalStateException("There is no page " + file);
    }
    return page;
  }

  private static Set<String> anchors(Path file) {
    return page(file).anchors();
  }

  private static String shown(Path file) {
    return file.startsWith(ROOT) ? ROOT.relativize(file).toString() : file.toString();
  }

  private static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>(List.of(README, ROOT.resolve("CONTRIBUTING.md")));
    for (Path page : files(".md")) {
      if (page.startsWith(ROOT.resolve("docs")) || page.startsWith(ROOT.resolve("deploy"))) {
        documents.add(page);
      }
    }
    return documents;
  }

  /** Files of the repository with these endings; nothing that a build makes. */
  private static List<Path> files(String... endings) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            String name = String.valueOf(directory.getFileName());
            boolean skipped =
                !directory.equals(ROOT) && (name.startsWith(".") || name.equals("target"));
            return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (Stream.of(endings).anyMatch(file.toString()::endsWith)) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }
}
