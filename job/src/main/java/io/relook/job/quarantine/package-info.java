/**
 * Messages on which relook itself fails (poison messages): they are found, rejected with their
 * bytes, and kept in quarantine, so that no restart meets them again.
 *
 * <p>A message that is wrong is rejected by the stage that sees it. Here the cause is a defect of
 * relook, or of a library, that one message brings to light. Two grades:
 *
 * <ol>
 *   <li><b>An exception.</b> Where nothing has been written yet and nothing outside takes part (the
 *       checks, decoding, the backbone), the message is rejected right there ({@link
 *       io.relook.job.quarantine.PoisonMessages#pure}). A keyed stage has changed state by then:
 *       the message is {@linkplain io.relook.job.quarantine.Quarantine#add put into quarantine} and
 *       the job fails. It restarts from its checkpoint, and the check rejects what is in quarantine
 *       before anything else sees it. A training is given up where it stands.
 *   <li><b>The end of the process</b>: a segmentation fault in a native decoder, or memory that ran
 *       out. See {@link io.relook.job.extraction.CrashIsolatingExtraction} for images and {@link
 *       io.relook.job.quarantine.InFlightGuard} for trainings.
 * </ol>
 *
 * <p>Failures of the environment (broker, store, GPU, state) put nothing into quarantine. Cut
 * markers are never rejected: their project would wait for them without end.
 */
@NullMarked
package io.relook.job.quarantine;

import org.jspecify.annotations.NullMarked;
