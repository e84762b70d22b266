package io.relook.local.sample;

import java.util.Optional;

/**
 * One picture.
 *
 * @param name file name without extension, unique among the pictures of a generator
 * @param picture JPEG, RGB, {@link SamplePictures#WIDTH} × {@link SamplePictures#HEIGHT}
 * @param defect the defect of the part; empty for a good one
 * @param mask PNG of the same size, 8-bit grey, 255 where the defect is and 0 elsewhere; empty for
 *     a good part
 */
public record Sample(
    String name, byte[] picture, Optional<DefectKind> defect, Optional<byte[]> mask) {}
