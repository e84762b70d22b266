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
 *       io.relook.job.quarantine.PoisonMessages#pure}). A keyed stage takes back what the decision
 *       has written ({@link io.relook.job.state.UndoLog}) and rejects the message then. A training
 *       is given up where it stands. No exception costs a restart.
 *   <li><b>The end of the process</b>: a segmentation fault in a native decoder, or memory that ran
 *       out. See {@link io.relook.job.extraction.CrashIsolatingExtraction} for images and {@link
 *       io.relook.job.quarantine.InFlightGuard} for trainings.
 * </ol>
 *
 * <p>What is known against a message counts for the topic that it came from, by Kafka's id of it,
 * and as long as that topic keeps its messages ({@link io.relook.job.quarantine.Written}).
 *
 * <p>Failures of the environment (broker, store, GPU, state) put nothing into quarantine. A cut
 * marker is never kept from its data set: the project would wait for it without end. A cut on which
 * the data set fails is rejected, counts as applied, and its training fails.
 */
@NullMarked
package io.relook.job.quarantine;

import org.jspecify.annotations.NullMarked;
