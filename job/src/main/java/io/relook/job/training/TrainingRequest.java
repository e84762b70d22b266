package io.relook.job.training;

import io.relook.wire.ModelMetadata;

/**
 * A training to run: everything it depends on is in the manifest.
 *
 * @param model the model as it was announced
 * @param cutId cut that started the training
 * @param manifestKey key of the training manifest in relook's own bucket
 * @param manifestDigest SHA-256 of the training manifest, in hexadecimal
 */
public record TrainingRequest(
    ModelMetadata model, String cutId, String manifestKey, String manifestDigest) {}
