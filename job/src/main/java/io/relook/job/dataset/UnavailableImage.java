package io.relook.job.dataset;

import io.relook.job.domain.Annotation;
import io.relook.job.domain.Deferral;
import io.relook.job.domain.Mask;
import io.relook.job.domain.RetryRequest;
import io.relook.job.domain.Split;
import io.relook.job.domain.StoredPicture;
import io.relook.job.kafka.KafkaRecord;
import org.jspecify.annotations.Nullable;

/**
 * An image of a project whose picture or mask could not be read when its turn came. It is counted
 * as any other and looked at again; trainings go without it.
 *
 * @param message its message; with its bytes only when they are few, else they are in the log alone
 * @param reason why it cannot be read, as a sentence
 * @param kept what the data set keeps of the image that it replaces
 * @param tries when it is looked at again
 */
public record UnavailableImage(
    String sourceRef,
    Annotation annotation,
    KafkaRecord message,
    String reason,
    Kept kept,
    Tries tries) {

  /** Largest message that is kept in state; a larger one is read from the log again. */
  static final int MAX_KEPT_BYTES = 4 * 1024;

  /**
   * Images are looked at again at multiples of this time, so that one timer serves many of them.
   */
  static final long GRID_MILLIS = 5_000;

  private static final long FIRST_PAUSE_MILLIS = 5_000;
  private static final long LONGEST_PAUSE_MILLIS = 60_000;

  /**
   * What the data set keeps of the image before.
   *
   * @param createdAt record time of the first message of the image, in milliseconds since the epoch
   * @param split split that it got in the first training that used it; null before
   * @param picture its picture, when the message only labels it; else null
   * @param mask the mask of {@code picture}, or one that came after the message
   * @param relabelled whether {@code annotation} came after the message
   */
  public record Kept(
      long createdAt,
      @Nullable Split split,
      @Nullable StoredPicture picture,
      @Nullable Mask mask,
      boolean relabelled) {}

  /**
   * Tries to read it.
   *
   * @param since when it could not be read first, in milliseconds since the epoch
   * @param made tries that were asked for
   * @param nextAt when the next is asked for, in milliseconds since the epoch
   */
  public record Tries(long since, int made, long nextAt) {

    static Tries first(long now) {
      return new Tries(now, 0, onGrid(now + FIRST_PAUSE_MILLIS));
    }

    private static long onGrid(long at) {
      return -Math.floorDiv(-at, GRID_MILLIS) * GRID_MILLIS;
    }

    private Tries next(long now) {
      long pause = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(made + 1, 4));
      return new Tries(since, made + 1, onGrid(now + pause));
    }
  }

  static KafkaRecord kept(KafkaRecord message) {
    byte[] value = message.value();
    return value != null && value.length > MAX_KEPT_BYTES ? message.withoutValue() : message;
  }

  /** Whether this is the image that the word is about, unchanged since. */
  boolean isMeantBy(Deferral deferral) {
    return message.partition() == deferral.partition() && message.offset() == deferral.offset();
  }

  UnavailableImage because(String other) {
    return new UnavailableImage(sourceRef, annotation, message, other, kept, tries);
  }

  UnavailableImage asked(long now) {
    return new UnavailableImage(sourceRef, annotation, message, reason, kept, tries.next(now));
  }

  UnavailableImage labelled(Annotation other, @Nullable Mask mask) {
    return new UnavailableImage(
        sourceRef,
        other,
        message,
        reason,
        new Kept(
            kept.createdAt(),
            kept.split(),
            kept.picture(),
            mask == null ? kept.mask() : mask,
            true),
        tries);
  }

  RetryRequest request(String account, String project) {
    return new RetryRequest(account, project, sourceRef, message, tries.since());
  }
}
