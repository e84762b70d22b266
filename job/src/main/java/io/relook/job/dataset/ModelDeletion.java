package io.relook.job.dataset;

import io.relook.job.domain.BucketLayout;
import io.relook.job.domain.ModelFiles;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.domain.ProjectKey;
import io.relook.schemas.Arns;
import io.relook.wire.CutMarker;
import io.relook.wire.ModelMetadata;
import io.relook.wire.Provenance;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What DeleteModel and DeleteProject remove besides pictures: relook's files beside the customer's
 * evaluation files, relook's own copy of the model, and its training state. It follows from the
 * names of account, project and version and from the location that the data set remembers of
 * CreateModel, not from a list in the marker. Pure.
 */
final class ModelDeletion {

  /** A SHA-256 in hexadecimal. */
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  private final String ownBucket;
  private final Arns arns;

  ModelDeletion(String ownBucket, Arns arns) {
    this.ownBucket = ownBucket;
    this.arns = arns;
  }

  /** The effects of deleting a version of the project's model; the state forgets its location. */
  List<DatasetEffect> of(DatasetState state, CutMarker cut, String version) {
    ModelMetadata model = cut.getModel();
    if (model == null) {
      throw new IllegalStateException("The cut " + cut.getCutId() + " deletes no model");
    }
    // Of a model from before locations were remembered, the registry's record in the marker says
    // it.
    S3Location output =
        state.output(version).orElseGet(() -> model.getOutputConfig().getS3Location());
    state.removeOutput(version);
    String project = ProjectKey.of(cut.getAccount(), cut.getProject());
    String reason =
        "the model " + arns.model(cut.getAccount(), cut.getProject(), version) + " was deleted";
    List<DatasetEffect> effects = new ArrayList<>();
    // Also what a training left that failed, or whose publication failed.
    effects.add(removesBelow(cut, List.of(BucketLayout.trainingsOf(project, version)), reason));
    Provenance provenance = model.getProvenance();
    if (provenance != null && DIGEST.matcher(provenance.getModelFileDigest()).matches()) {
      ModelFiles published = new ModelFiles(output, cut.getProject(), version);
      List<S3Object> files =
          List.of(published.model(), published.trainingManifest(), published.report());
      effects.add(removes(cut, ObjectRemoval.Step.REMOVE, files, reason));
    }
    return effects;
  }

  /**
   * The effect of deleting a project, which has no models any more: what trainings left. Pictures
   * and all that belongs to them follow their data sets; see {@link ErasureSchedule}.
   */
  DatasetEffect ofProject(CutMarker cut) {
    String project = ProjectKey.of(cut.getAccount(), cut.getProject());
    return removesBelow(
        cut,
        List.of(BucketLayout.manifestsOf(project), BucketLayout.trainingsOf(project)),
        "the project was deleted");
  }

  private DatasetEffect removesBelow(CutMarker cut, List<String> prefixes, String reason) {
    List<S3Object> below =
        prefixes.stream().map(prefix -> new S3Object(ownBucket, prefix, null)).toList();
    return removes(cut, ObjectRemoval.Step.REMOVE_BELOW, below, reason);
  }

  private static DatasetEffect removes(
      CutMarker cut, ObjectRemoval.Step step, List<S3Object> objects, String reason) {
    return new DatasetEffect.Removes(
        new ObjectRemoval(cut.getAccount(), cut.getProject(), step, objects, reason));
  }
}
