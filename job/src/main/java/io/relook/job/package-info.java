/**
 * The Flink application: it reads commands and images from Kafka and trains models.
 *
 * <p>{@link io.relook.job.TrainingPipeline} is the graph, on one page. {@link
 * io.relook.job.TrainerJob} starts it; {@link io.relook.job.JobOptions} holds all options; {@link
 * io.relook.job.Operator} holds all uids.
 *
 * <p><b>Technical packages</b>, below all others: {@code options} (reads and checks options),
 * {@code kafka} and {@code s3} (the edges), {@code signing} (keys of cut markers), {@code async}
 * (slow work beside the task thread), {@code state} (Flink's state without checked exceptions),
 * {@code accelerator} (GPU or processor), {@code log} (what log lines are about).
 *
 * <p><b>{@code domain}</b> holds the records that stages exchange. The operations of the API with
 * their rules, and the access policy, are in {@code io.relook.schemas}: clients use them too.
 *
 * <p><b>Stages</b>, in the order of the flow:
 *
 * <ul>
 *   <li>control pipeline: {@code check} → {@code probe} (output bucket) → {@code registry}
 *   <li>data pipeline: {@code check} → {@code extraction} → {@code dataset} → {@code importing}
 *       (manifests, back into the image topic) and {@code removal} → {@code training} → {@code
 *       publication}
 *   <li>both: {@code rejection}, the end of every rejected message
 * </ul>
 *
 * <p><b>Beside the stages</b>, used by several of them: {@code access} (who may do what), {@code
 * quarantine} (messages that relook itself fails on), {@code features} (how pictures become
 * features).
 *
 * <p><b>Rules</b>, which {@code ArchitectureTest} holds where a test can: packages form no cycle.
 * The AWS SDK is used in {@code s3} only. Decisions are pure classes {@code (input, state) →
 * outcome} without clock and randomness; classes named {@code …Function} are thin shells that keep
 * the state and call them. A record of {@code io.relook.wire} passes between stages where a stage
 * reads or writes exactly that message; other records belong to {@code domain} or to one package.
 */
@NullMarked
package io.relook.job;

import org.jspecify.annotations.NullMarked;
