package io.relook.job.importing;

import io.relook.wire.DatasetOutcome;
import io.relook.wire.LabeledImage;
import java.util.List;

/**
 * Result of an import: all images of the manifest and the outcome of success, or no image and the
 * outcome that says why.
 *
 * @param images as any client would send them
 * @param outcome for the registry
 */
public record Import(List<LabeledImage> images, DatasetOutcome outcome) {}
