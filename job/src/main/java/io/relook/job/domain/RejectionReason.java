package io.relook.job.domain;

import org.jspecify.annotations.Nullable;

/**
 * Why a message is not taken.
 *
 * @param stage stage that rejected it
 * @param code public, stable
 * @param message a sentence that says what is wrong and what to do
 * @param account when it could be read
 * @param project when it could be read
 * @param sourceRef when it could be read
 */
public record RejectionReason(
    String stage,
    RejectionCode code,
    String message,
    @Nullable String account,
    @Nullable String project,
    @Nullable String sourceRef) {}
