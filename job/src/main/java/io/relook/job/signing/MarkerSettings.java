package io.relook.job.signing;

import java.util.Optional;

/**
 * How a job signs and verifies cut markers.
 *
 * @param signing present when it runs the control pipeline
 * @param verification present when it runs the data pipeline
 */
public record MarkerSettings(
    Optional<SigningSettings> signing, Optional<VerificationSettings> verification) {}
