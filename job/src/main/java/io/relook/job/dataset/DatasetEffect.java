package io.relook.job.dataset;

import io.relook.job.domain.DatasetOutput;
import io.relook.job.domain.ImportRequest;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.domain.RetryRequest;
import io.relook.job.domain.TrainingOrder;
import io.relook.schemas.Topic;
import io.relook.wire.DatasetDescription;
import io.relook.wire.DatasetOutcome;
import io.relook.wire.TrainingOutcome;
import org.apache.avro.specific.SpecificRecord;

/** What a cut or an image leads to outside the data set. */
sealed interface DatasetEffect {

  /** Passes the effect on. */
  void into(Outputs outputs);

  /** Where effects go. */
  interface Outputs {
    void record(Topic topic, SpecificRecord value);

    void tombstone(Topic topic, String key);

    void importing(ImportRequest request);

    /** To what reads objects again. */
    void retrying(RetryRequest request);

    /** To the rejections. */
    void rejecting(RejectedMessage rejected);

    /** To the stages after the data set, in the order of the calls. */
    void next(DatasetOutput output);
  }

  /** A data set's new state, for the topic of data sets. */
  record Described(DatasetDescription description) implements DatasetEffect {
    @Override
    public void into(Outputs outputs) {
      outputs.record(Topic.DATASETS, description);
    }
  }

  /** A data set is gone. */
  record Gone(String arn) implements DatasetEffect {
    @Override
    public void into(Outputs outputs) {
      outputs.tombstone(Topic.DATASETS, arn);
    }
  }

  /** A data set began with its first image; a report for the registry. */
  record Began(DatasetOutcome outcome) implements DatasetEffect {
    @Override
    public void into(Outputs outputs) {
      outputs.record(Topic.OUTCOMES, outcome);
    }
  }

  /** A training begins. */
  record Trains(TrainingOrder order) implements DatasetEffect {
    @Override
    public void into(Outputs outputs) {
      outputs.next(DatasetOutput.of(order));
    }
  }

  /** A training cannot succeed. */
  record CannotTrain(TrainingOutcome outcome) implements DatasetEffect {
    @Override
    public void into(Outputs outputs) {
      outputs.record(Topic.OUTCOMES, outcome);
    }
  }

  /** An import could not begin; a report for the registry. */
  record CannotImport(DatasetOutcome outcome) implements DatasetEffect {
    @Override
    public void into(Outputs outputs) {
      outputs.record(Topic.OUTCOMES, outcome);
    }
  }

  /** A manifest is to be imported. */
  record Imports(ImportRequest request) implements DatasetEffect {
    @Override
    public void into(Outputs outputs) {
      outputs.importing(request);
    }
  }

  /** An image that could not be read is to be looked at again. */
  record Retries(RetryRequest request) implements DatasetEffect {
    @Override
    public void into(Outputs outputs) {
      outputs.retrying(request);
    }
  }

  /** An image that could not be read is given up; its message is rejected. */
  record GivesUp(RejectedMessage rejected) implements DatasetEffect {
    @Override
    public void into(Outputs outputs) {
      outputs.rejecting(rejected);
    }
  }

  /** Objects are to be removed. */
  record Removes(ObjectRemoval removal) implements DatasetEffect {
    @Override
    public void into(Outputs outputs) {
      outputs.next(DatasetOutput.of(removal));
    }
  }
}
