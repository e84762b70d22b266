package io.relook.cluster.chaos;

/** The pictures of the chaos suite, for other tests. */
public final class ChaosPictures {
  private ChaosPictures() {}

  public static byte[] png(long number, boolean defect) {
    return Pictures.png(number, defect);
  }
}
