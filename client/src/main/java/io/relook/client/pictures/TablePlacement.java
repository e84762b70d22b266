package io.relook.client.pictures;

import io.relook.client.pictures.FolderOptions.Validation;
import io.relook.client.pictures.LeftOut.Reason;
import io.relook.wire.DatasetType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the files that a {@link LabelTable} names. */
final class TablePlacement {
  private final LabelTable table;
  private final FolderOptions options;
  private final Files pictures;
  private final Files all;

  private TablePlacement(
      LabelTable table, List<FoundFile> pictures, List<FoundFile> masks, FolderOptions options) {
    this.table = table;
    this.options = options;
    this.pictures = new Files(pictures);
    List<FoundFile> both = new ArrayList<>(pictures);
    both.addAll(masks);
    this.all = new Files(both);
  }

  /**
   * What a table says.
   *
   * @param unnamed pictures that it does not name
   * @param missing lines without a file
   */
  record Result(List<PlacedPicture> pictures, List<FoundFile> unnamed, List<LeftOut> missing) {}

  /** Places the pictures of a folder. */
  static Result of(
      LabelTable table, List<FoundFile> pictures, List<FoundFile> masks, FolderOptions options) {
    table.check(options);
    return new TablePlacement(table, pictures, masks, options).place(pictures);
  }

  private Result place(List<FoundFile> inOrder) {
    Map<FoundFile, PlacedPicture> placed = new LinkedHashMap<>();
    Set<FoundFile> unnamed = new LinkedHashSet<>(inOrder);
    List<LeftOut> missing = new ArrayList<>();
    for (LabelTable.Row row : table.rows()) {
      Optional<FoundFile> file = find(row, row.image(), pictures);
      if (file.isEmpty()) {
        missing.add(missing(row, row.image()));
        continue;
      }
      unnamed.remove(file.get());
      Optional<FoundFile> mask = row.mask().flatMap(path -> find(row, path, all));
      if (row.mask().isPresent() && mask.isEmpty()) {
        missing.add(missing(row, row.mask().get()));
      }
      mask.ifPresent(unnamed::remove);
      if (mask.isPresent() && mask.get().kind() != FileKind.PNG) {
        missing.add(new LeftOut(mask.get().onDisk(), Reason.MASK_FORMAT, mask.get().kind(), ""));
        mask = Optional.empty();
      }
      Optional<PlacedPicture> picture = picture(row, file.get(), mask);
      if (picture.isEmpty()) {
        missing.add(new LeftOut(file.get().onDisk(), Reason.VALIDATION, file.get().kind(), ""));
        continue;
      }
      PlacedPicture other = placed.putIfAbsent(file.get(), picture.get());
      if (other != null && !other.defectClass().equals(picture.get().defectClass())) {
        throw table.refused(
            row,
            "says that %s is %s, and a line above says that it is %s: keep one of them",
            row.image(),
            picture.get().labelled(),
            other.labelled());
      }
    }
    return new Result(
        inOrder.stream().filter(placed::containsKey).map(placed::get).toList(),
        List.copyOf(unnamed),
        missing);
  }

  private LeftOut missing(LabelTable.Row row, String path) {
    return new LeftOut(
        path,
        Reason.NO_SUCH_FILE,
        FileKind.OTHER,
        "is in line %d of %s, but not on the disk as JPEG or PNG"
            .formatted(row.line(), table.name()));
  }

  private Optional<PlacedPicture> picture(
      LabelTable.Row row, FoundFile file, Optional<FoundFile> mask) {
    Optional<DatasetType> dataset = Optional.empty();
    if (row.split().isPresent()) {
      FolderWord split = FolderWord.of(row.split().get());
      if (split == FolderWord.VALIDATION) {
        Validation validation =
            options
                .validation()
                .orElseThrow(
                    () ->
                        table.refused(
                            row,
                            "puts a picture into a validation set, which relook does not have: give --validation train, --validation test or --validation skip"));
        if (validation == Validation.SKIP) {
          return Optional.empty();
        }
        dataset = Optional.of(validation == Validation.TEST ? DatasetType.TEST : DatasetType.TRAIN);
      } else if (split.isSplit()) {
        dataset = Optional.of(split == FolderWord.TEST ? DatasetType.TEST : DatasetType.TRAIN);
      } else {
        throw table.refused(row, "names the data set %s: write train or test", row.split().get());
      }
    }
    boolean normal = options.word(row.label()) == FolderWord.NORMAL;
    return Optional.of(
        new PlacedPicture(
            file,
            dataset,
            normal ? Optional.empty() : Optional.of(row.label()),
            Placement.place(
                file.folders().stream().filter(f -> !options.word(f).isSplit()).toList(), options),
            mask));
  }

  /**
   * The file of a path: below the folder, or below the folder's parents as on the author's disk. A
   * name alone may stand for a file in any folder.
   */
  private Optional<FoundFile> find(LabelTable.Row row, String path, Files files) {
    String wanted = FoundFile.key(path).replaceFirst("^(\\./|/)+", "");
    for (String rest = wanted; ; rest = rest.substring(rest.indexOf('/') + 1)) {
      FoundFile file = files.byPath.get(rest);
      if (file == null) {
        file = files.converted.get(withoutEnding(rest));
      }
      if (file != null) {
        return Optional.of(file);
      }
      if (rest.indexOf('/') < 0) {
        break;
      }
    }
    List<FoundFile> named =
        wanted.indexOf('/') < 0 ? files.byName.getOrDefault(wanted, List.of()) : List.of();
    if (named.size() > 1) {
      throw table.refused(
          row,
          "names %s, which fits %s and %s: write the whole path",
          path,
          named.get(0).relative(),
          named.get(1).relative());
    }
    return named.stream().findFirst();
  }

  /** Files as they are looked for. */
  private static final class Files {
    private final Map<String, FoundFile> byPath = new HashMap<>();
    private final Map<String, FoundFile> converted = new HashMap<>();
    private final Map<String, List<FoundFile>> byName = new HashMap<>();

    Files(List<FoundFile> files) {
      for (FoundFile file : files) {
        String key = FoundFile.key(file.relative());
        byPath.put(key, file);
        byName.computeIfAbsent(FoundFile.key(file.name()), n -> new ArrayList<>()).add(file);
        if (file.isConverted()) {
          converted.put(withoutEnding(key), file);
        }
      }
    }
  }

  private static String withoutEnding(String path) {
    int dot = path.lastIndexOf('.');
    return dot > path.lastIndexOf('/') + 1 ? path.substring(0, dot) : path;
  }
}
