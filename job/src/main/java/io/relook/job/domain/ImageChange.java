package io.relook.job.domain;

import io.relook.job.kafka.KafkaRecord;
import io.relook.wire.CutMarker;
import org.jspecify.annotations.Nullable;

/**
 * One change to a project's data set, in the order of its partition of the image topic: an image
 * ({@code annotation} and {@code picture}, perhaps a {@code mask}), a new label for a known picture
 * ({@code annotation} alone), a withdrawal (neither), a cut ({@code cut} alone), word of a rejected
 * image of an import ({@link #isRejected}), or of one that cannot be read ({@link #deferral}).
 *
 * @param origin the message; its value is dropped (null) when no later stage needs the bytes, that
 *     is for cuts and for images that the data set cannot reject
 * @param sourceRef identity of the image within the project; empty for a cut
 */
public record ImageChange(
    String account,
    String project,
    KafkaRecord origin,
    String sourceRef,
    @Nullable Annotation annotation,
    @Nullable StoredPicture picture,
    @Nullable Mask mask,
    @Nullable CutMarker cut) {

  /** Whether it only says that an image of an import was rejected. */
  public boolean isRejected() {
    return annotation != null
        && annotation.importedLine() != null
        && annotation.importedLine().rejection() != null;
  }

  /** Present when the image could not be read when its turn came. */
  public @Nullable Deferral deferral() {
    return picture == null ? null : picture.deferral();
  }

  /** Key of the data set. */
  public String datasetKey() {
    return ProjectKey.of(account, project);
  }

  /**
   * Bytes of a message that are kept while it waits: those of a label or a withdrawal, not those of
   * a picture.
   */
  static final int SMALL_BYTES = 4096;

  /** The same change without the bytes of its message when those are many. */
  public ImageChange withoutLargeValue() {
    byte[] value = origin.value();
    return value == null || value.length <= SMALL_BYTES
        ? this
        : new ImageChange(
            account, project, origin.withoutValue(), sourceRef, annotation, picture, mask, cut);
  }
}
