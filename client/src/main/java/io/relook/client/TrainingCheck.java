package io.relook.client;

import io.relook.schemas.Topic;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** Examines which trainings of all accounts go on, and which take longer than they may. */
final class TrainingCheck {
  private final KafkaClients kafka;
  private final Clock clock;

  TrainingCheck(KafkaClients kafka, Clock clock) {
    this.kafka = kafka;
    this.clock = clock;
  }

  /**
   * @param longest how long a training and its publication may take together
   */
  void look(Diagnosis.Builder found, Duration longest) {
    List<ModelMetadata> trainings;
    try (Models models =
        new Models(
            TopicReader.open(kafka, Topic.MODELS, TopicReader.From.BEGINNING), kafka.timeout())) {
      trainings =
          models.catchUp(clock).stream()
              .filter(model -> model.getStatus() == ModelStatus.TRAINING)
              .sorted(Comparator.comparing(ModelMetadata::getCreationTimestamp))
              .toList();
    }
    found.fact("inTraining", trainings.size());
    if (!trainings.isEmpty()) {
      found.fact("oldestSince", trainings.get(0).getCreationTimestamp().toString());
    }
    Instant begin = clock.instant().minus(longest);
    for (ModelMetadata model : trainings) {
      if (model.getCreationTimestamp().isBefore(begin)) {
        found.problem(
            "Version %s of %s (account %s) is TRAINING since %s, longer than a training may take:"
                + " if nothing in the job's log speaks of it, its end was lost. End it with ./relook"
                + " model abandon --project %2$s --model-version %1$s.",
            model.getModelVersion(),
            model.getProjectName(),
            model.getAccount(),
            model.getCreationTimestamp());
      }
    }
  }
}
