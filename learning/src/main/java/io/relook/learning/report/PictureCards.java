package io.relook.learning.report;

import io.relook.learning.evaluation.ImageScore;
import io.relook.learning.report.Report.Suspect;
import io.relook.learning.report.Report.TestedPicture;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The page's cards, each a picture beside its heat map, as the template reads them. A picture that
 * several cards show is illustrated once.
 */
final class PictureCards {
  private final Function<String, Optional<Illustration>> illustrations;

  /**
   * @param illustrate illustrates a picture by its source reference
   */
  PictureCards(Function<String, Optional<Illustration>> illustrate) {
    Map<String, Optional<Illustration>> known = new HashMap<>();
    illustrations = id -> known.computeIfAbsent(id, illustrate);
  }

  /** One card per test picture. */
  List<Map<String, Object>> tested(List<TestedPicture> pictures) {
    List<Map<String, Object>> cards = new ArrayList<>();
    for (TestedPicture picture : pictures) {
      ImageScore score = picture.score();
      String label =
          score.anomalous()
              ? picture.defectClass().map(c -> "defective: " + Texts.text(c)).orElse("defective")
              : "good";
      cards.add(
          card(score.id(), label, Optional.of(score.score()), illustrations.apply(score.id())));
    }
    return cards;
  }

  /** One card per picture with a suspected label, up to {@link Report#MAX_SHOWN}. */
  List<Map<String, Object>> suspects(List<Suspect> suspects) {
    List<Map<String, Object>> cards = new ArrayList<>();
    for (Suspect suspect : suspects.subList(0, Math.min(Report.MAX_SHOWN, suspects.size()))) {
      Optional<Illustration> illustration = illustrations.apply(suspect.id());
      cards.add(card(suspect.id(), suspect.label(), Optional.empty(), illustration));
    }
    return cards;
  }

  private static Map<String, Object> card(
      String id, String label, Optional<Double> score, Optional<Illustration> illustration) {
    Map<String, Object> card = new LinkedHashMap<>();
    String reference = Texts.text(id);
    card.put("id", reference);
    card.put("name", reference.substring(reference.lastIndexOf('/', reference.length() - 2) + 1));
    card.put("label", label);
    card.put("score", score.map(Texts::score).orElse(""));
    card.put("picture", illustration.map(i -> base64(i.picture())).orElse(""));
    card.put("heat_map", illustration.map(i -> base64(i.heatMap())).orElse(""));
    return card;
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
