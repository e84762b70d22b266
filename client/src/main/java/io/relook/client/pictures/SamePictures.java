package io.relook.client.pictures;

import io.relook.schemas.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds pictures that stand in a folder more than once, byte by byte. */
final class SamePictures {
  private SamePictures() {}

  /** Groups of equal files, in the order of their paths; files of one length are compared alone. */
  static List<List<PlacedPicture>> of(List<PlacedPicture> pictures) {
    Map<Long, List<PlacedPicture>> byLength = new LinkedHashMap<>();
    for (PlacedPicture picture : pictures) {
      byLength.computeIfAbsent(picture.file().size(), length -> new ArrayList<>()).add(picture);
    }
    Map<String, List<PlacedPicture>> byDigest = new LinkedHashMap<>();
    for (List<PlacedPicture> equallyLong : byLength.values()) {
      if (equallyLong.size() > 1) {
        for (PlacedPicture picture : equallyLong) {
          byDigest.computeIfAbsent(digest(picture), digest -> new ArrayList<>()).add(picture);
        }
      }
    }
    return byDigest.values().stream().filter(equal -> equal.size() > 1).toList();
  }

  private static String digest(PlacedPicture picture) {
    try {
      return Sha256.hex(Files.readAllBytes(picture.file().path()));
    } catch (IOException e) {
      return picture.file().relative(); // sending says what is wrong with it
    }
  }
}
