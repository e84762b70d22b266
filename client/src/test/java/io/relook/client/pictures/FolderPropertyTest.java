package io.relook.client.pictures;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.client.ImageSource;
import io.relook.client.ImageSource.Content;
import io.relook.client.RelookException;
import io.relook.wire.Label;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random folders, of the words that mean something and of others: nothing gets lost. Every file is
 * sent, is the mask of one that is sent, or is left out under its name, or the whole folder is
 * refused with a sentence.
 */
// JUnit fills the fields that NullAway sees empty.
@SuppressWarnings("NullAway.Init")
class FolderPropertyTest {
  private static final int FOLDERS = 200;
  private static final List<String> WORDS =
      List.of(
          "good",
          "OK",
          "Normal",
          "bad",
          "NG",
          "cut",
          "Cut",
          "dent",
          "train",
          "Test",
          "val",
          "mask",
          "ground_truth",
          "label",
          "images",
          "rgb",
          "cam 1",
          "ok_front",
          "Größe",
          ".hidden",
          "1");
  private static final List<String> NAMES =
      List.of(
          "1.jpg",
          "1.png",
          "2.jpg",
          "1_mask.png",
          "3.bmp",
          "4.tif",
          "5.webp",
          "6.heic",
          "7.gif",
          "notes.txt",
          "8",
          "9.jpg.bak",
          "a.csv",
          "Thumbs.db",
          ".DS_Store",
          "b.jpeg",
          "B.JPG");

  /** Two files that belong together, in folders that are understood. */
  private static final List<String> PAIRS =
      List.of(
          "cut/1.jpg mask/cut/1.png", "NG/dent/2.jpg mask/dent/2.png", "cut/x.png cut/mask/x.png");

  private static final Map<String, byte[]> DRAWN = new HashMap<>();

  @TempDir private Path directory;

  @Test
  void nothingGetsLost() {
    int understood = 0;
    int refused = 0;
    int masks = 0;
    Set<LeftOut.Reason> reasons = new HashSet<>();
    for (int seed = 0; seed < FOLDERS; seed++) {
      Path root = directory.resolve("s" + seed);
      Set<String> files = draw(root, new Random(seed));
      Optional<Path> into =
          seed % 3 == 0 ? Optional.of(newFolder(directory.resolve("c" + seed))) : Optional.empty();
      try {
        ImageFolder read =
            ImageFolder.read(
                root,
                new FolderOptions(
                    into,
                    seed % 2 == 0 ? Optional.of(FolderOptions.Validation.SKIP) : Optional.empty(),
                    Set.of(),
                    seed % 5 == 0 ? Set.of("ok_front") : Set.of(),
                    false));
        check("seed " + seed, files, read);
        understood++;
        masks += read.masks();
        read.leftOut().forEach(file -> reasons.add(file.reason()));
      } catch (RelookException e) {
        assertThat(e).as("seed %s", seed).hasMessageMatching("(?s)[A-Z0-9/].{30,}[.]");
        refused++;
      }
    }
    assertThat(understood).as("understood").isGreaterThan(FOLDERS / 4);
    assertThat(refused).as("refused").isGreaterThan(FOLDERS / 10);
    assertThat(masks).as("masks").isGreaterThan(10);
    assertThat(reasons).hasSizeGreaterThan(8);
  }

  private static void check(String seed, Set<String> files, ImageFolder read) {
    Map<String, Integer> seen = new HashMap<>();
    for (LeftOut file : read.leftOut()) {
      seen.merge(file.file(), 1, Integer::sum);
    }
    for (ImageSource image : read.images()) {
      String file = image.sourceRef().substring(read.name().length() + 1);
      String original =
          files.contains(file)
              ? file
              : files.stream()
                  .filter(
                      f ->
                          f.matches(
                              "(?i)\\Q"
                                  + file.replaceFirst("\\.png$", "")
                                  + "\\E\\.(bmp|tiff?|webp)"))
                  .findFirst()
                  .orElse(file);
      seen.merge(original, 1, Integer::sum);
      assertThat(((Content.LocalFile) image.picture()).path()).exists();
      boolean sounds =
          List.of(file.split("/")).stream()
              .anyMatch(part -> FolderWord.of(part) == FolderWord.NORMAL);
      assertThat(image.label() == Label.NORMAL).as("%s: label of %s", seed, file).isEqualTo(sounds);
    }
    assertThat(seen.values()).as("%s: each once, %s", seed, seen).allMatch(times -> times == 1);
    assertThat(files).as(seed).containsAll(seen.keySet());
    assertThat(files.size())
        .as("%s: taken + left out = files", seed)
        .isEqualTo(read.images().size() + read.masks() + read.leftOut().size());
    int counted =
        LeftOutText.lines(read.leftOut()).stream()
            .mapToInt(line -> Integer.parseInt(line.substring(0, line.indexOf(' '))))
            .sum();
    assertThat(counted).as("%s: every loss is in a line", seed).isEqualTo(read.leftOut().size());
  }

  private static byte[] drawn(String name, int number) {
    String ending = name.substring(name.lastIndexOf('.') + 1);
    return DRAWN.computeIfAbsent(ending + number, key -> Drawn.file(name, number));
  }

  /** Half of the folders are made of few words, so that many of them are understood. */
  private static Set<String> draw(Path root, Random random) {
    List<String> words = new ArrayList<>(WORDS);
    if (random.nextBoolean()) {
      words.removeAll(List.of("val", "ok_front", "Cut"));
      words.removeIf(word -> random.nextInt(3) == 0);
    }
    boolean simple = random.nextInt(3) > 0;
    Set<String> files = new HashSet<>();
    int number = 0;
    if (simple) {
      String[] pair = PAIRS.get(random.nextInt(PAIRS.size())).split(" ");
      files.addAll(List.of(pair));
      Drawn.write(root.resolve(pair[0]), drawn(pair[0], number++));
      Drawn.write(root.resolve(pair[1]), Drawn.mask());
    }
    for (int i = 0; i < 3 + random.nextInt(12); i++) {
      StringBuilder path = new StringBuilder();
      if (simple) {
        List<String> first =
            List.of("good/", "cut/", "NG/dent/", "mask/cut/", "cut/mask/", "OK/cam 1/");
        path.append(first.get(random.nextInt(first.size())));
      } else {
        for (int depth = random.nextInt(4); depth > 0; depth--) {
          path.append(words.get(random.nextInt(words.size()))).append('/');
        }
      }
      String name =
          NAMES.get(random.nextInt(simple ? 6 + random.nextInt(NAMES.size() - 5) : NAMES.size()));
      path.append(name);
      if (!files.add(path.toString())) {
        continue;
      }
      byte[] bytes =
          path.toString().contains("mask") && random.nextInt(4) > 0
              ? Drawn.mask(List.of(0, 1, 0xFFFFFF, 0xFFFFFF).get(random.nextInt(4)))
              : drawn(name.equals("8") || name.endsWith(".bak") ? "1.png" : name, number++);
      Drawn.write(
          root.resolve(path.toString()),
          random.nextInt(15) == 0 ? Drawn.cutOff(bytes.length > 20 ? bytes : new byte[20]) : bytes);
    }
    return files;
  }

  private static Path newFolder(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
