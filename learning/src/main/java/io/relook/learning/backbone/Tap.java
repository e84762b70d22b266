package io.relook.learning.backbone;

/**
 * An output of the backbone that is kept as features.
 *
 * @param name the output's name in the ONNX file
 * @param channels values per grid cell
 * @param stride input pixels per grid cell, along each side
 */
public record Tap(String name, int channels, int stride) {}
