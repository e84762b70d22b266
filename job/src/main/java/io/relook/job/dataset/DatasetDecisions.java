package io.relook.job.dataset;

import io.relook.job.domain.Deferral;
import io.relook.job.domain.FeatureKeys;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.domain.RejectionReason;
import io.relook.job.kafka.TopicRecords;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteProject;
import io.relook.wire.S3Object;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Every decision about a project's data sets, by {@link Dataset}, {@link DatasetCuts} and {@link
 * ErasureSchedule}: it writes the state at hand, and returns what follows. Emits nothing, so that
 * it can be rolled back as a whole.
 */
final class DatasetDecisions {
  private static final long DESCRIPTION_INTERVAL_MILLIS = 500;
  private static final String UNREFERENCED = "no image refers to them";

  private final DatasetSettings settings;
  private final TopicRecords topics;
  private final KeyedDatasetState state;
  private final Dataset dataset;
  private final Unavailability unavailability;
  private final DatasetCuts cuts;
  private final ErasureSchedule erasures;

  /**
   * @param featureKeys keys of the features that trainings learn from now
   */
  DatasetDecisions(
      DatasetSettings settings,
      Optional<FeatureKeys> featureKeys,
      TopicRecords topics,
      KeyedDatasetState state) {
    this.settings = settings;
    this.topics = topics;
    this.state = state;
    this.dataset = new Dataset(settings);
    this.unavailability = new Unavailability(dataset);
    this.cuts = new DatasetCuts(settings, featureKeys);
    this.erasures = new ErasureSchedule(settings.erasureDelayMillis());
  }

  /**
   * What was decided.
   *
   * @param rejected why the change is rejected; empty when it was applied
   * @param outputs what the effects lead to, encoded: encoding is part of the decision, so that a
   *     failure of it is rolled back too
   * @param timers when to look again
   */
  record Decision(
      Optional<RejectionReason> rejected,
      List<DatasetEffect> effects,
      DatasetOutputs outputs,
      Set<Long> timers) {}

  /** Must be called before the state of a project is used. */
  void prepare() {
    state.index(this::objectsOf);
  }

  /** What a change that is not a cut leads to. */
  Decision applied(ImageChange change, long now) {
    List<DatasetEffect> effects = new ArrayList<>();
    Set<Long> timers = new TreeSet<>();
    Deferral deferral = change.deferral();
    Optional<RejectionReason> rejected =
        deferral == null
            ? dataset.apply(state, change)
            : applied(change, deferral, now, effects, timers);
    if (rejected.isEmpty() && !change.isRejected()) {
      restored(change).ifPresent(effects::add);
      effects.addAll(cuts.begun(state, change.account(), change.project()));
      if (!state.isChanged()) {
        state.putChanged();
        timers.add(now + DESCRIPTION_INTERVAL_MILLIS);
      }
    }
    return decision(rejected, effects, timers, now);
  }

  private Optional<RejectionReason> applied(
      ImageChange change,
      Deferral deferral,
      long now,
      List<DatasetEffect> effects,
      Set<Long> timers) {
    Unavailability.Outcome outcome = unavailability.apply(state, change, deferral, now);
    if (outcome instanceof Unavailability.Outcome.Refused refused) {
      return Optional.of(refused.reason());
    }
    if (outcome instanceof Unavailability.Outcome.GivenUp givenUp) {
      effects.add(new DatasetEffect.GivesUp(givenUp.rejected()));
    } else if (outcome instanceof Unavailability.Outcome.Waits waits) {
      timers.add(waits.nextAt());
    }
    return Optional.empty();
  }

  /** What a cut leads to on which the data set failed. */
  Decision undone(CutMarker cut, Throwable defect) {
    return decided(Optional.empty(), UndoneCut.effects(cut, defect), Set.of());
  }

  /** What an aligned cut leads to. */
  Decision applied(CutMarker cut, long now) {
    Set<Long> timers = new TreeSet<>();
    if (cut.getCommand() instanceof DeleteProject) {
      state.putForgetAt(now + DatasetFunction.FORGET_MILLIS);
      timers.add(now + DatasetFunction.FORGET_MILLIS);
    }
    List<DatasetEffect> effects =
        new ArrayList<>(cuts.begun(state, cut.getAccount(), cut.getProject()));
    effects.addAll(cuts.apply(state, cut));
    return decision(Optional.empty(), effects, timers, now);
  }

  private Decision decision(
      Optional<RejectionReason> rejected, List<DatasetEffect> effects, Set<Long> timers, long now) {
    Map<String, DatasetType> unreferenced = state.takeUnreferenced();
    if (!unreferenced.isEmpty()) {
      timers.add(erasures.add(state.erasures(), unreferenced, now));
    }
    return decided(rejected, effects, timers);
  }

  private Decision decided(
      Optional<RejectionReason> rejected, List<DatasetEffect> effects, Set<Long> timers) {
    DatasetOutputs outputs = new DatasetOutputs(topics);
    effects.forEach(effect -> effect.into(outputs));
    return new Decision(rejected, effects, outputs, timers);
  }

  /** What is due at a timer. */
  Decision due(long timestamp, String account, String project) {
    Set<Long> timers = new TreeSet<>();
    List<DatasetEffect> effects = erase(timestamp, account, project, timers);
    effects.addAll(unavailability.due(state, timestamp, account, project, timers));
    if (state.isChanged()) {
      state.clearChanged();
      effects.addAll(cuts.described(state, account, project));
    }
    if (state.forgetAt().filter(at -> at <= timestamp).isPresent()) {
      state.forgetUnlessUsed();
    }
    return decision(Optional.empty(), effects, timers, timestamp);
  }

  /** Restores what an image refers to that was there when it was checked, and in trash by now. */
  private Optional<DatasetEffect> restored(ImageChange change) {
    List<String> restored = erasures.restore(state.erasures(), dataset.ownObjects(change));
    return restored.isEmpty()
        ? Optional.empty()
        : Optional.of(
            removal(
                change.account(),
                change.project(),
                ObjectRemoval.Step.RESTORE,
                restored,
                "the image was sent again"));
  }

  private List<DatasetEffect> erase(
      long timestamp, String account, String project, Set<Long> timers) {
    ErasureSchedule.Due due =
        erasures.due(
            state.erasures(),
            timestamp,
            state.references()::isBuffered,
            state.references()::isReferenced);
    timers.addAll(due.timers());
    List<DatasetEffect> effects = new ArrayList<>();
    if (!due.toTrash().isEmpty()) {
      effects.add(
          removal(account, project, ObjectRemoval.Step.TO_TRASH, due.toTrash(), UNREFERENCED));
    }
    if (!due.erased().isEmpty()) {
      effects.add(
          removal(account, project, ObjectRemoval.Step.ERASE, due.erased().keySet(), UNREFERENCED));
      countErased(due.erased());
    }
    return effects;
  }

  private DatasetEffect removal(
      String account,
      String project,
      ObjectRemoval.Step step,
      Collection<String> keys,
      String reason) {
    List<S3Object> objects =
        keys.stream().map(key -> new S3Object(settings.bucket(), key, null)).toList();
    return new DatasetEffect.Removes(new ObjectRemoval(account, project, step, objects, reason));
  }

  private void countErased(Map<String, DueErasure> erased) {
    ErasureSchedule.pictures(erased, state.references()::hasPicture)
        .forEach(
            (type, pictures) ->
                state
                    .counts(type)
                    .ifPresent(
                        counts -> {
                          state.put(type, counts.withErased(pictures));
                          state.putChanged();
                        }));
  }

  /** A change begins to wait for a cut: what it refers to is not erased meanwhile. */
  void buffered(ImageChange change) {
    state.references().buffered(objectsOf(change));
  }

  /** A change waits no longer; it is applied next. */
  void released(ImageChange change) {
    state.references().released(objectsOf(change));
  }

  /** A change on which relook fails refers to nothing: it is rejected when its turn comes. */
  private List<String> objectsOf(ImageChange change) {
    try {
      return dataset.ownObjects(change);
    } catch (RuntimeException e) {
      return List.of();
    }
  }
}
