/**
 * One recorded stream, and what came out of it: a guard of changes that are to change nothing.
 *
 * <p>{@code src/test/resources/io/relook/job/replay} has the inputs: {@code stream.jsonl}, one step
 * a line (an object of the customer's, a message byte by byte, or what to wait for before the next
 * step), and a small backbone; and in {@code expected} the outputs: one JSON file for each topic,
 * for the files of each model when it is announced, and for what lies in both buckets in the end.
 * {@link io.relook.job.replay.RecordedStreamIT} takes the steps on the real job, with a broker, a
 * store and a Flink cluster, and compares.
 *
 * <p><b>The stream</b>: two projects; an import, an update that succeeds and one that is refused;
 * images inline and by location, with masks, without label, with equal bytes, relabelled, replaced
 * and withdrawn; nine images and one command that become rejections; client tokens repeated, with
 * the same and with other parameters; commands that are invalid, come too early or name what is not
 * there, and one without a request id; a training from scratch, one that builds on it after more
 * images, and one that fails for too few; tags; deletions of models, data sets and a project.
 * Images of one project stand in all partitions. Clients wait wherever the order of two inputs that
 * meet in the job would else be left to chance.
 *
 * <p><b>Compared</b>, value by value: all committed messages of replies, models, projects, outcomes
 * and rejections, in order (rejections by place); of images the order in every partition, with the
 * job's own markers and imports; of data sets the awaited events and the latest of each key, as the
 * others are gathered by a timer; keys, types and digests of objects; training manifests byte by
 * byte; evaluation files. Times of messages are named ({@code <time of command #012>}), so a wall
 * clock in their place is seen. Not compared: times of clocks, durations, versions of relook and of
 * Java, the report but for its being a page, headers of messages, marks of transactions (places in
 * the log are counted without them).
 *
 * <p><b>Numbers</b> are what floating-point arithmetic went into: digests of model files, training
 * states, features and summaries, scores, metrics, chosen heads, doubted labels. ONNX Runtime adds
 * in another order on another instruction set, so they stand in a file for each, {@code
 * numbers-amd64-avx512f.json}, and {@code <numbers>} stands in their place in the others. On a
 * machine whose instruction set nobody has recorded the stream is replayed twice and both must
 * agree, model files byte by byte. What was compared with what is printed.
 *
 * <p><b>Recorded</b> at commit b8346fb (version 0.1, before packages and states were put in order).
 * To compare, from the repository's root (the last phase of {@code verify} would ask for the rows
 * of all other tests):
 *
 * <pre>{@code
 * mvn -pl job -am -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dit.test=RecordedStreamIT -Dfailsafe.failIfNoSpecifiedTests=false \
 *     -Drelook.job-jar.skip=true integration-test failsafe:verify
 * }</pre>
 *
 * <p>After a failure {@code diff -r src/test/resources/io/relook/job/replay/expected target/replay}
 * in {@code job} shows all differences. To record the outputs again, add {@code
 * -Drelook.replay.record=true}; this drops the numbers of other instruction sets unless nothing has
 * changed but that this machine's are new. <b>A recording that changes is a change of
 * behaviour</b>: the commit says which, and why it is wanted, for every line of its diff. To add to
 * the stream, change {@link io.relook.job.replay.StreamAuthor} and add {@code
 * -Drelook.replay.write-stream=true} too; before that, record the old stream in a commit of its
 * own, or nobody can tell what the change of the code did. {@code
 * -Drelook.replay.instruction-set=NAME} takes this machine for another.
 */
@NullMarked
package io.relook.job.replay;

import org.jspecify.annotations.NullMarked;
