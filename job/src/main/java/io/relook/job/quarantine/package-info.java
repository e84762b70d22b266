/**
 * Messages that relook itself fails on: found out, put aside with their bytes, never met again.
 *
 * <p>A message that is wrong is refused by the stage that sees it. What is meant here is a defect
 * of relook, or of a library, that one message brings to light. Two grades:
 *
 * <ol>
 *   <li><b>An exception.</b> Where nothing has been written yet and nothing outside takes part (the
 *       checks, decoding, the backbone) the message is rejected right there ({@link
 *       io.relook.job.quarantine.PoisonMessages#pure}). In a keyed stage, which has changed state
 *       by then, the message is {@linkplain io.relook.job.quarantine.Quarantine#condemn condemned}
 *       and the job fails: it restarts from its checkpoint, and the check rejects what is
 *       condemned, with its bytes, before anything else sees it. A training is given up where it
 *       stands.
 *   <li><b>The end of the process</b>: a segmentation fault in a native decoder, or memory that ran
 *       out. See {@link io.relook.job.extraction.CrashIsolatingExtraction} for images and {@link
 *       io.relook.job.quarantine.InFlightGuard} for trainings.
 * </ol>
 *
 * <p>Failures of the world (broker, store, GPU, state) condemn nobody. Cut markers are never
 * rejected: a project would wait for them for ever.
 */
@NullMarked
package io.relook.job.quarantine;

import org.jspecify.annotations.NullMarked;

