package io.relook.job.dataset;

import io.relook.job.domain.ImportRequest;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.domain.TrainingOrder;
import io.relook.wire.DatasetDescription;
import io.relook.wire.DatasetOutcome;
import io.relook.wire.TrainingOutcome;

/** What a cut or an image leads to outside the data set. */
sealed interface DatasetEffect {

  /** A data set's new state, for everybody. */
  record Described(DatasetDescription description) implements DatasetEffect {}

  /** A data set is gone: a tombstone. */
  record Gone(String arn) implements DatasetEffect {}

  /** Images began a data set, for the registry. */
  record Began(DatasetOutcome outcome) implements DatasetEffect {}

  /** A training begins. */
  record Trains(TrainingOrder set) implements DatasetEffect {}

  /** A training cannot succeed. */
  record CannotTrain(TrainingOutcome outcome) implements DatasetEffect {}

  /** A manifest is to be imported. */
  record Imports(ImportRequest request) implements DatasetEffect {}

  /** Objects are to be removed. */
  record Removes(ObjectRemoval removal) implements DatasetEffect {}
}
