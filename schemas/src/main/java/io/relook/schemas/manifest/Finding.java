package io.relook.schemas.manifest;

/**
 * What a reader of a manifest should know about a line besides its label. The findings of all lines
 * are counted and said: {@link ManifestFindings}.
 */
public enum Finding {
  TWO_LABELS(
      "had two labels or more: the one with the newest creation-date was taken",
      "had two labels or more: the newest of each was taken"),
  LABEL_FROM_MASK(
      "has a mask and no label: a mask that shows a defect class makes it an anomaly, a blank one"
          + " normal",
      "have a mask and no label: a mask that shows a defect class makes an image an anomaly, a"
          + " blank one normal"),
  OTHER_ANNOTATIONS(
      "has annotations of other jobs too, which were not read",
      "have annotations of other jobs too, which were not read"),
  MASK_NOT_TAKEN(
      "has a mask that was not taken, since it is a prediction or its labelling failed",
      "have a mask that was not taken, since it is a prediction or its labelling failed"),
  FAILED(
      "is unlabelled because its labelling failed",
      "are unlabelled because their labelling failed"),
  PREDICTED(
      "is unlabelled because its label is a prediction (…-detected, or human-annotated \"no\")",
      "are unlabelled because their labels are predictions (…-detected, or human-annotated"
          + " \"no\")"),
  OTHER_CLASS(
      "is unlabelled because its class is neither normal nor anomaly",
      "are unlabelled because their class is neither normal nor anomaly"),
  NO_LABEL("is unlabelled because it has no label", "are unlabelled because they have no label");

  private final String one;
  private final String many;

  Finding(String one, String many) {
    this.one = one;
    this.many = many;
  }

  String sentence(int lines, String example) {
    return (lines == 1 ? "1 line " + one : lines + " lines " + many)
        + (example.isEmpty() ? "." : ", such as " + example + ".");
  }
}
