/**
 * Messages: the topics, the schema of every record, and the codec between records and bytes.
 *
 * <p>The records themselves are generated into {@link io.relook.wire} from {@code src/main/avro}.
 *
 * <table>
 *   <caption>Topics in flow order, with the default prefix {@code relook.}</caption>
 *   <tr><th>topic</th><th>records</th><th>key</th><th>written by</th><th>read by</th></tr>
 *   <tr><td>{@code relook.images}</td><td>LabeledImage, ImageWithdrawal, CutMarker, ImageRetry</td>
 *       <td>account/project</td><td>clients, the job's imports; CutMarker: the job only</td>
 *       <td>job</td></tr>
 *   <tr><td>{@code relook.commands}</td><td>Command</td><td>account</td>
 *       <td>clients</td><td>job</td></tr>
 *   <tr><td>{@code relook.replies}</td><td>CommandReply</td><td>request id</td><td>job</td>
 *       <td>clients</td></tr>
 *   <tr><td>{@code relook.models}</td><td>ModelMetadata</td><td>model ARN</td><td>job</td>
 *       <td>clients</td></tr>
 *   <tr><td>{@code relook.projects}</td><td>ProjectDescription</td><td>project ARN</td><td>job</td>
 *       <td>clients</td></tr>
 *   <tr><td>{@code relook.datasets}</td><td>DatasetDescription</td><td>data set ARN</td><td>job</td>
 *       <td>clients</td></tr>
 *   <tr><td>{@code relook.predictions}</td><td>Prediction</td><td>account/project</td>
 *       <td>nobody yet</td><td>nobody yet</td></tr>
 *   <tr><td>{@code relook.outcomes}</td><td>TrainingOutcome, DatasetOutcome</td><td>account</td><td>job</td>
 *       <td>job</td></tr>
 *   <tr><td>{@code relook.rejections}</td><td>Rejection</td><td>topic-partition-offset</td>
 *       <td>job</td><td>people, clients</td></tr>
 * </table>
 *
 * <p>Predictions are for retraining policies, which the job does not have yet: nobody writes or
 * reads them, and the job starts without their topic.
 *
 * <p>A value is one record in Avro's single-object encoding: the bytes {@code C3 01}, the schema's
 * CRC-64-AVRO fingerprint (8 bytes, little endian), the record in Avro's binary encoding. No schema
 * registry is needed. Keys are UTF-8 text. On compacted topics a null value is a tombstone: it
 * deletes its key.
 *
 * <p><b>Compatibility.</b> Every version of every schema is checked in, under {@code
 * io/relook/schemas/history/<Record>/v<N>.avsc}, with one encoded example. A version reads messages
 * of every version before it. It does not read newer ones: the fingerprint names a schema that it
 * does not have, so it rejects the message, and readers are upgraded before writers. A change that
 * breaks this fails the build, and so does a changed schema that is not checked in; the failing
 * test names the command to run. So a new field needs a default, and no field, symbol or union
 * branch is removed or renamed.
 */
@NullMarked
package io.relook.schemas;

import org.jspecify.annotations.NullMarked;
