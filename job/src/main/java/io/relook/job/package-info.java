/**
 * The Flink application. Packages are stages, in the order of the flow: {@code check}, {@code
 * registry} (commands), {@code extraction}, {@code dataset}, {@code importing} (manifests, back
 * into the log of images), {@code removal}, {@code training}, {@code publication} (images), {@code
 * rejection} (from every stage). What several stages share: {@code access} (who may do what),
 * {@code quarantine} (messages that relook fails on), {@code features} (how they are stored),
 * {@code accelerator} (GPU or processor), {@code digest}, {@code state}, {@code log}. {@code kafka}
 * and {@code s3} are the edges.
 *
 * <p>{@link io.relook.job.TrainingPipeline} is the graph, on one page. Decisions are pure classes
 * {@code (input, state) → outcome}; classes named {@code …Function} are thin shells around them.
 * The generated Avro records of {@code io.relook.wire} are the language between stages where a
 * stage reads or writes exactly a message; what only the job knows is a record of its package.
 */
@NullMarked
package io.relook.job;

import org.jspecify.annotations.NullMarked;
