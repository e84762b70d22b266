/**
 * One recorded stream and its recorded outputs. A refactoring that must not change behaviour keeps
 * them equal.
 *
 * <p>{@code src/test/resources/io/relook/job/replay} holds the inputs: {@code stream.jsonl}, one
 * step a line (an object of the customer, the bytes of a message, or what to wait for before the
 * next step), and a small backbone. Its folder {@code expected} holds the outputs: one JSON file
 * for each topic, for the files of each model at the time of its event, and for the final content
 * of both buckets. {@link io.relook.job.replay.RecordedStreamIT} takes the steps on the real job,
 * with a broker, a store and a Flink cluster, and compares.
 *
 * <p><b>The stream</b>: two projects; an import, an update that succeeds and one that fails; images
 * inline and by location, with masks, without label, with equal bytes, relabelled, replaced and
 * withdrawn; nine images and one command that become rejections; client tokens repeated with the
 * same and with other parameters; commands that are invalid, come too early or name something that
 * does not exist, and one without a request id; a training from scratch, one that builds on it
 * after more images, and one that fails for too few; tags; deletions of models, data sets and a
 * project. The images of one project are in all partitions. The stream waits wherever the order of
 * two inputs would otherwise be random.
 *
 * <p><b>What is compared</b>, value by value: all committed messages of replies, models, projects,
 * outcomes and rejections, in order (rejections by place); the order of images in every partition,
 * with the job's own markers and imports; of data sets the awaited events and the latest of each
 * key, because a timer gathers the others; keys, types and digests of objects; training manifests
 * byte by byte; evaluation files. Times of messages have names ({@code <time of command #012>}), so
 * a wall clock in their place is seen. Not compared: times of clocks, durations, versions of relook
 * and Java, the content of the report, headers of messages, and transaction marks (places in the
 * log are counted without them).
 *
 * <p><b>Numbers</b> are what floating-point arithmetic produces: digests of model files, training
 * states, features and picture statistics; scores, metrics, chosen detectors, suspected labels.
 * ONNX Runtime adds in another order on another instruction set, so each instruction set has a file
 * of its own, such as {@code numbers-amd64-avx512f.json}, and the other files have {@code
 * <numbers>} in their place. On a machine without such a file the stream is replayed twice, and
 * both replays must agree, model files byte by byte. The test prints what it compared.
 *
 * <p><b>Recorded</b> at commit b8346fb (version 0.1, before the packages of this house). To
 * compare, from the root of the repository:
 *
 * <pre>{@code
 * mvn -pl job -am verify -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dit.test=RecordedStreamIT -Dfailsafe.failIfNoSpecifiedTests=false -Drelook.job-jar.skip=true
 * }</pre>
 *
 * <p>After a failure, {@code diff -r src/test/resources/io/relook/job/replay/expected
 * target/replay} in {@code job} shows all differences. To record the outputs again, add {@code
 * -Drelook.replay.record=true}; this removes the numbers of other instruction sets, unless the only
 * change is that this machine's numbers are new. <b>A recording that changes is a change of
 * behaviour</b>: the commit says which one, and why it is wanted, for every line of its diff. To
 * extend the stream, change {@link io.relook.job.replay.StreamAuthor} and add {@code
 * -Drelook.replay.write-stream=true} too; record the old stream in a separate commit before, so
 * that the effect of the code's change stays visible. {@code -Drelook.replay.instruction-set=NAME}
 * treats this machine as another one.
 */
@NullMarked
package io.relook.job.replay;

import org.jspecify.annotations.NullMarked;
