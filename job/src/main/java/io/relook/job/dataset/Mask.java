package io.relook.job.dataset;

import java.util.List;

/**
 * A mask that was read once, checked against its picture, and kept.
 *
 * @param digest SHA-256 of the encoded mask, in hexadecimal
 * @param bucket where the encoded mask is kept
 * @param key where the encoded mask is kept
 * @param classes names of the defect classes whose colours occur in it, sorted
 */
public record Mask(String digest, String bucket, String key, List<String> classes) {}
