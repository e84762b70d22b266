package io.relook.job.domain;

import io.relook.wire.CutMarker;
import org.jspecify.annotations.Nullable;

/**
 * The model that a training may build on: the newest that was trained when its command was
 * admitted. It travels in the cut markers, so it is in the log and a replay finds the same one.
 *
 * @param version its version within the project
 * @param digest SHA-256 of its ONNX file, in hexadecimal
 */
public record ParentModel(String version, String digest) {

  /** The parent that a cut marker names; null when it names none. */
  public static @Nullable ParentModel of(CutMarker cut) {
    String version = cut.getParentModelVersion();
    String digest = cut.getParentModelDigest();
    return version == null || digest == null ? null : new ParentModel(version, digest);
  }
}
