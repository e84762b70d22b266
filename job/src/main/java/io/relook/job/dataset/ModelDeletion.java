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
import java.util.List;
import java.util.regex.Pattern;

/**
 * What DeleteModel removes: relook's files beside the customer's evaluation files, relook's own
 * copy of the model, and its training state. It follows from the names of account, project and
 * version and from the location that the data set remembers of CreateModel, not from a list in the
 * marker. Pure.
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
    Provenance provenance = model.getProvenance();
    if (provenance == null || !DIGEST.matcher(provenance.getModelFileDigest()).matches()) {
      return List.of();
    }
    ModelFiles published = new ModelFiles(output, cut.getProject(), version);
    String project = ProjectKey.of(cut.getAccount(), cut.getProject());
    String digest = provenance.getModelFileDigest();
    List<S3Object> files =
        List.of(
            published.model(),
            published.trainingManifest(),
            published.report(),
            new S3Object(ownBucket, BucketLayout.model(project, version, digest), null),
            new S3Object(ownBucket, BucketLayout.trainingState(project, version, digest), null));
    return List.of(
        new DatasetEffect.Removes(
            new ObjectRemoval(
                cut.getAccount(),
                cut.getProject(),
                ObjectRemoval.Step.REMOVE,
                files,
                "the model "
                    + arns.model(cut.getAccount(), cut.getProject(), version)
                    + " was deleted")));
  }
}
