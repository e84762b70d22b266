package io.relook.job.importing;

import io.relook.wire.DatasetOutcome;
import io.relook.wire.LabeledImage;
import java.util.List;

/**
 * What became of an import: all of its images and then the outcome that says so, or no image and
 * the outcome that says why.
 */
public record Import(List<LabeledImage> images, DatasetOutcome outcome) {}
