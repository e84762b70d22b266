package io.relook.job.domain;

import org.jspecify.annotations.Nullable;

/**
 * Why a message is rejected.
 *
 * @param stage stage that rejected it
 * @param code public, stable
 * @param message a sentence that says what is wrong and what to do
 * @param account null when it could not be read
 * @param project null when it could not be read
 * @param sourceRef null when it could not be read
 */
public record RejectionReason(
    String stage,
    RejectionCode code,
    String message,
    @Nullable String account,
    @Nullable String project,
    @Nullable String sourceRef) {}
