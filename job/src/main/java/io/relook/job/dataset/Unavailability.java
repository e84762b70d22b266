package io.relook.job.dataset;

import io.relook.job.domain.Annotation;
import io.relook.job.domain.Deferral;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.Mask;
import io.relook.job.domain.ProjectKey;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.domain.RejectionCode;
import io.relook.job.domain.RejectionReason;
import io.relook.job.domain.StoredPicture;
import io.relook.schemas.Excerpt;
import io.relook.wire.Label;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a project's data sets do with images that cannot be read: {@code (word, state) → outcome}.
 * Such an image keeps its place and is counted. It is looked at again later, and what became of it
 * comes as a message, which is ignored when the image has changed since.
 */
final class Unavailability {

  /** Images that are looked at again at one time. */
  static final int MOST_AT_ONCE = 2_000;

  /** Images that a message names. */
  private static final int MOST_NAMED = 3;

  private final Dataset dataset;

  Unavailability(Dataset dataset) {
    this.dataset = dataset;
  }

  /** What became of an image that could not be read. */
  sealed interface Outcome {
    /** It waits, and is looked at again at this time. */
    record Waits(long nextAt) implements Outcome {}

    /** It is in the data set as any other. */
    record Taken() implements Outcome {}

    /** It left the data set; this is its own message. */
    record GivenUp(RejectedMessage rejected) implements Outcome {}

    /** It never came into the data set; the message at hand is rejected. */
    record Refused(RejectionReason reason) implements Outcome {}

    /** The image has changed since. */
    record Ignored() implements Outcome {}
  }

  /**
   * Applies word of an image that could not be read.
   *
   * @param now processing time, in milliseconds since the epoch
   */
  Outcome apply(DatasetState state, ImageChange change, Deferral deferral, long now) {
    boolean first =
        change.origin().partition() == deferral.partition()
            && change.origin().offset() == deferral.offset();
    if (first) {
      return arrived(state, change, deferral, now);
    }
    Optional<UnavailableImage> waiting =
        state.unavailable(change.sourceRef()).filter(image -> image.isMeantBy(deferral));
    if (waiting.isEmpty()) {
      return new Outcome.Ignored();
    }
    UnavailableImage image = waiting.get();
    RejectionCode code = deferral.rejection();
    if (code != null) {
      return givenUp(
          state,
          change,
          image,
          new RejectionReason(
              Dataset.STAGE,
              code,
              String.valueOf(deferral.reason()),
              change.account(),
              change.project(),
              change.sourceRef()));
    }
    if (deferral.waits()) {
      state.put(image.because(String.valueOf(deferral.reason())));
      return new Outcome.Waits(image.tries().nextAt());
    }
    Optional<RejectionReason> reason = dataset.apply(state, readable(change, image));
    return reason.isPresent() ? givenUp(state, change, image, reason.get()) : new Outcome.Taken();
  }

  private Outcome arrived(DatasetState state, ImageChange change, Deferral deferral, long now) {
    Annotation annotation = change.annotation();
    if (annotation == null) {
      throw new IllegalStateException("An image has an annotation");
    }
    long at = change.origin().timestamp();
    Optional<DatasetEntry> known = state.entry(change.sourceRef());
    Optional<UnavailableImage> waiting = state.unavailable(change.sourceRef());
    Optional<RejectionReason> reason =
        deferral.label() && known.isEmpty() && waiting.isEmpty()
            ? Dataset.unknown(change, "label")
            : dataset.tooManyClasses(state, change, annotation);
    Dataset.tally(state, change, annotation, reason);
    if (reason.isPresent()) {
      return new Outcome.Refused(reason.get());
    }
    UnavailableImage image =
        new UnavailableImage(
            change.sourceRef(),
            annotation.kept(),
            UnavailableImage.kept(change.origin()),
            String.valueOf(deferral.reason()),
            kept(deferral, known, waiting, at),
            UnavailableImage.Tries.first(now));
    Set<String> referred = new TreeSet<>(dataset.ownObjects(change.datasetKey(), image));
    known.ifPresent(entry -> dataset.leave(state, change.datasetKey(), entry, at, referred));
    waiting.ifPresent(before -> dataset.leave(state, change.datasetKey(), before, at, referred));
    state.put(image);
    Dataset.count(state, image.annotation(), at);
    return new Outcome.Waits(image.tries().nextAt());
  }

  private static UnavailableImage.Kept kept(
      Deferral deferral,
      Optional<DatasetEntry> known,
      Optional<UnavailableImage> waiting,
      long at) {
    boolean keeps = deferral.label();
    if (known.isPresent()) {
      DatasetEntry entry = known.get();
      return new UnavailableImage.Kept(
          entry.createdAt(),
          entry.split(),
          keeps ? entry.picture() : null,
          keeps ? entry.mask() : null,
          false);
    }
    if (waiting.isPresent()) {
      UnavailableImage.Kept before = waiting.get().kept();
      return new UnavailableImage.Kept(
          before.createdAt(),
          before.split(),
          keeps ? before.picture() : null,
          keeps ? before.mask() : null,
          false);
    }
    return new UnavailableImage.Kept(at, null, null, null, false);
  }

  /** The change with which an image comes into the data set that can be read by now. */
  private static ImageChange readable(ImageChange change, UnavailableImage image) {
    StoredPicture read = change.picture();
    @Nullable StoredPicture picture =
        read != null && read.isStored() ? read.with(null) : image.kept().picture();
    boolean relabelled = image.kept().relabelled();
    Mask mask = change.mask();
    return new ImageChange(
        change.account(),
        change.project(),
        change.origin(),
        change.sourceRef(),
        relabelled ? image.annotation() : change.annotation(),
        picture,
        relabelled && image.kept().mask() != null ? image.kept().mask() : mask,
        null);
  }

  private Outcome givenUp(
      DatasetState state, ImageChange change, UnavailableImage image, RejectionReason reason) {
    dataset.remove(state, change.datasetKey(), image, change.origin().timestamp());
    return new Outcome.GivenUp(new RejectedMessage(image.message(), reason));
  }

  /**
   * Asks for what is due to be looked at again.
   *
   * @param now time of the timer, in milliseconds since the epoch
   * @param timers gets the times at which to look again
   */
  List<DatasetEffect> due(
      DatasetState state, long now, String account, String project, Set<Long> timers) {
    if (now % UnavailableImage.GRID_MILLIS != 0) {
      return List.of();
    }
    List<UnavailableImage> due = new ArrayList<>();
    long next = Long.MAX_VALUE;
    for (UnavailableImage image : state.unavailable()) {
      if (image.tries().nextAt() > now) {
        next = Math.min(next, image.tries().nextAt());
      } else if (due.size() < MOST_AT_ONCE) {
        due.add(image);
      } else {
        next = Math.min(next, now + UnavailableImage.GRID_MILLIS);
      }
    }
    List<DatasetEffect> effects = new ArrayList<>();
    for (UnavailableImage image : due) {
      UnavailableImage asked = image.asked(now);
      state.put(asked);
      next = Math.min(next, asked.tries().nextAt());
      effects.add(new DatasetEffect.Retries(image.request(account, project)));
    }
    if (next != Long.MAX_VALUE) {
      timers.add(next);
    }
    return effects;
  }

  /**
   * What a training goes without, as a sentence; empty when every labelled image can be read.
   *
   * @param project account/project
   */
  static Optional<String> leftOut(DatasetState state) {
    int count = 0;
    TreeSet<String> examples = new TreeSet<>();
    for (UnavailableImage image : state.unavailable()) {
      if (image.annotation().label() != Label.NONE) {
        count++;
        examples.add(image.sourceRef());
        if (examples.size() > MOST_NAMED) {
          examples.remove(examples.last());
        }
      }
    }
    return count == 0
        ? Optional.empty()
        : Optional.of(
            count
                + (count == 1 ? " labelled image" : " labelled images")
                + " could not be read and "
                + (count == 1 ? "is" : "are")
                + " left out: "
                + String.join(", ", examples.stream().map(Excerpt::of).toList())
                + (count > examples.size() ? ", …" : "")
                + ".");
  }

  /** Removes the images of a data set that cannot be read. */
  void delete(
      DatasetState state,
      String account,
      String project,
      io.relook.wire.DatasetType type,
      long at) {
    List<UnavailableImage> leaving = new ArrayList<>();
    for (UnavailableImage image : state.unavailable()) {
      if (image.annotation().dataset() == type) {
        leaving.add(image);
      }
    }
    String key = ProjectKey.of(account, project);
    leaving.forEach(image -> dataset.remove(state, key, image, at));
  }
}
