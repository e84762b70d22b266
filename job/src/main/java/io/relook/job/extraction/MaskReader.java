package io.relook.job.extraction;

import io.relook.learning.picture.Picture;
import io.relook.schemas.Excerpt;
import io.relook.wire.MaskColor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a mask shows: the defect classes whose colours occur in it. Beside one of these, every other
 * colour is background, because real masks follow no rule for its colour (spec:
 * lookout-for-vision.md §4.2).
 */
final class MaskReader {

  /** Defect classes in one mask (spec §3, anomaly labels). */
  static final int MAX_CLASSES = 20;

  private static final String BACKGROUND = "BACKGROUND";
  private static final int WHITE = 0xFFFFFF;
  private static final Pattern COLOR = Pattern.compile("#[0-9a-fA-F]{6}");

  private MaskReader() {}

  /** Result of reading a mask. */
  sealed interface Result {
    /** It shows these classes, sorted; at least one. */
    record Shows(List<String> classes) implements Result {}

    /** It shows background alone. */
    record Blank() implements Result {}

    /** It cannot be used. */
    record Rejected(String sentence) implements Result {}
  }

  /**
   * Reads a mask.
   *
   * @param mask its pixels, without transparency
   */
  static Result read(Picture mask, List<MaskColor> colorMap) {
    Map<Integer, String> classOf = new HashMap<>();
    Set<Integer> background = new TreeSet<>();
    for (MaskColor color : colorMap) {
      if (!COLOR.matcher(color.getHexColor()).matches()) {
        return new Result.Rejected(
            "The colour map has the colour '%s' for %s: write it as #RRGGBB."
                .formatted(Excerpt.of(color.getHexColor()), Excerpt.of(color.getClassName())));
      }
      if (color.getClassName().equalsIgnoreCase(BACKGROUND)) {
        background.add(Integer.parseInt(color.getHexColor().substring(1), 16));
      } else {
        String other =
            classOf.putIfAbsent(
                Integer.parseInt(color.getHexColor().substring(1), 16), color.getClassName());
        if (other != null && !other.equals(color.getClassName())) {
          return new Result.Rejected(
              "The colour map has the colour %s for '%s' and for '%s': give each class its own."
                  .formatted(
                      color.getHexColor(), Excerpt.of(other), Excerpt.of(color.getClassName())));
        }
      }
    }
    Set<String> found = new TreeSet<>();
    Set<Integer> others = new TreeSet<>();
    byte[] rgb = mask.rgb();
    int last = -1;
    for (int i = 0; i < rgb.length; i += 3) {
      int pixel = (rgb[i] & 0xFF) << 16 | (rgb[i + 1] & 0xFF) << 8 | (rgb[i + 2] & 0xFF);
      // Neighbouring pixels mostly have the same colour.
      if (pixel != last) {
        String name = classOf.get(pixel);
        if (name != null) {
          found.add(name);
        } else if (others.size() < 2) {
          others.add(pixel);
        }
        last = pixel;
      }
    }
    if (found.isEmpty()) {
      return isBlank(others, background)
          ? new Result.Blank()
          : new Result.Rejected(
              ("The mask shows none of the colours of its colour map, %s, but others such as #%06X:"
                      + " save it as a PNG without changing colours, or correct the colour map.")
                  .formatted(colors(classOf), other(others, background)));
    }
    if (found.size() > MAX_CLASSES) {
      return new Result.Rejected(
          "The mask shows %d defect classes, and %d are allowed: leave some out."
              .formatted(found.size(), MAX_CLASSES));
    }
    return new Result.Shows(List.copyOf(found));
  }

  /**
   * Whether a mask without a defect class is a blank one, and not one whose colours were changed:
   * it has one colour, which is that of the background, white or black where the colour map names a
   * background, and any where it does not.
   *
   * @param colors of the mask, at most two of them
   */
  private static boolean isBlank(Set<Integer> colors, Set<Integer> background) {
    int only = colors.iterator().next();
    return background.containsAll(colors)
        || colors.size() == 1 && (background.isEmpty() || only == WHITE || only == 0);
  }

  private static int other(Set<Integer> colors, Set<Integer> background) {
    return colors.stream().filter(color -> !background.contains(color)).findFirst().orElseThrow();
  }

  private static String colors(Map<Integer, String> classOf) {
    List<String> colors = new ArrayList<>();
    classOf.keySet().stream()
        .sorted()
        .limit(MAX_CLASSES)
        .forEach(rgb -> colors.add("#%06X".formatted(rgb)));
    return colors.isEmpty() ? "which names no defect class" : String.join(", ", colors);
  }
}
