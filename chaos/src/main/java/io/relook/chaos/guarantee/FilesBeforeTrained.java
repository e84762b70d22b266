package io.relook.chaos.guarantee;

import io.relook.chaos.guarantee.Observation.Files;
import io.relook.chaos.guarantee.Observation.Read;
import io.relook.schemas.Topic;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** When {@code TRAINED} can be read, the files that it names are complete in the store. */
final class FilesBeforeTrained implements Guarantee {
  private final Set<String> trained = new TreeSet<>();
  private final Map<String, List<String>> looked = new TreeMap<>();

  @Override
  public String sentence() {
    return "files before the event: TRAINED never comes before its files";
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Files files) {
      looked.put(files.modelArn(), files.problems());
    } else if (observation instanceof Read read
        && read.topic() == Topic.MODELS
        && read.record().isPresent()) {
      ModelMetadata model = (ModelMetadata) read.record().get();
      if (model.getStatus() == ModelStatus.TRAINED) {
        trained.add(model.getModelArn());
      }
    }
  }

  @Override
  public List<String> violations() {
    List<String> violations = new ArrayList<>();
    looked.forEach(
        (arn, problems) ->
            problems.forEach(
                problem -> violations.add("When " + arn + " was TRAINED: " + problem)));
    for (String arn : trained) {
      if (!looked.containsKey(arn)) {
        violations.add(arn + " is TRAINED, but its files were not checked.");
      }
    }
    return violations;
  }

  @Override
  public String checked() {
    return "files of " + looked.size() + " models";
  }
}
