package io.relook.client.cli;

import io.relook.client.LatestRecords;
import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.wire.CommandReply;
import io.relook.wire.DatasetDescription;
import io.relook.wire.DatasetMetadata;
import io.relook.wire.DatasetStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/** Sends a command that may start an import, waits for the end of the import, prints the result. */
final class DatasetImport {
  private static final Duration POLL = Duration.ofMillis(200);

  private final RelookConnection relook;
  private final DatasetOptions dataset;
  private final OutputOptions output;
  private final RestartNotice notice;

  DatasetImport(
      RelookConnection relook, DatasetOptions dataset, OutputOptions output, RestartNotice notice) {
    this.relook = relook;
    this.dataset = dataset;
    this.output = output;
    this.notice = notice;
  }

  /**
   * Sends the command and answers the exit code: failed also when lines were rejected.
   *
   * @param limit how long to wait for the end of the import; empty returns with the reply
   */
  int run(SpecificRecord command, Optional<Duration> limit) {
    // Opened first: no event of the import can then be missed.
    try (LatestRecords<DatasetDescription> datasets = relook.datasets()) {
      CommandReply reply = Replies.to(relook, command);
      if (!(reply.getAnswer() instanceof DatasetMetadata admitted)) {
        throw new RelookException(
            Kind.FAILED,
            "The reply to %s holds no data set.".formatted(command.getSchema().getName()));
      }
      if (limit.isEmpty()) {
        output.print(
            RecordJson.of(admitted),
            "The %s is %s: %s"
                .formatted(dataset.words(), admitted.getStatus(), admitted.getStatusMessage()));
        return ExitCode.OK.code();
      }
      output.progress(admitted.getStatus() + ": " + admitted.getStatusMessage());
      DatasetDescription end = awaitEnd(datasets, reply.getCommandTimestamp(), limit.get());
      output.print(RecordJson.of(end), DatasetText.describe(end));
      boolean lost = end.getLastImport() != null && end.getLastImport().getRejected() > 0;
      return (failed(end.getStatus()) || lost ? ExitCode.FAILED : ExitCode.OK).code();
    }
  }

  /**
   * The first event after the import was in progress that shows another status. Events before that
   * belong to earlier commands, or to images that arrive at the same time.
   */
  private DatasetDescription awaitEnd(
      LatestRecords<DatasetDescription> datasets, Instant commandTime, Duration limit) {
    Instant deadline = relook.clock().instant().plus(limit);
    boolean started = false;
    while (true) {
      for (DatasetDescription event : datasets.next(POLL)) {
        if (!dataset.matches(event, relook)
            || event.getLastUpdatedTimestamp().isBefore(commandTime)) {
          continue;
        }
        boolean inProgress =
            event.getStatus() == DatasetStatus.CREATE_IN_PROGRESS
                || event.getStatus() == DatasetStatus.UPDATE_IN_PROGRESS;
        if (started && !inProgress) {
          return event;
        }
        started |= inProgress;
      }
      notice.look();
      if (relook.clock().instant().isAfter(deadline)) {
        throw new RelookException(
            Kind.UNREACHABLE,
            "The import did not end within %d s; it continues, see 'relook dataset describe'."
                .formatted(limit.toSeconds()));
      }
    }
  }

  private static boolean failed(DatasetStatus status) {
    return status == DatasetStatus.CREATE_FAILED
        || status == DatasetStatus.UPDATE_FAILED_ROLLBACK_COMPLETE;
  }
}
