package io.relook.job.registry;

import io.relook.job.domain.Request;
import io.relook.wire.CutMarker;
import java.time.Instant;

/** Makes the markers of cuts, and numbers the cuts of each project. */
final class Cuts {
  private final int imagePartitions;

  /**
   * @param imagePartitions number of partitions of the image topic
   */
  Cuts(int imagePartitions) {
    this.imagePartitions = imagePartitions;
  }

  /** The marker of an admitted command, for partition 0; the project remembers its number. */
  CutMarker.Builder of(AccountState state, Project project, Request request) {
    Project after = project.withCut();
    state.put(after);
    return last(after, request);
  }

  /** The marker of the command that deletes the project, for partition 0. */
  CutMarker.Builder last(Project deleted, Request request) {
    return marker(deleted, request.account(), request.origin().place(), request.time())
        .setCommand(request.command().getBody())
        .setCaller(request.command().getCaller());
  }

  /**
   * The marker of what happened to a project besides commands, for partition 0; the project
   * remembers its number.
   *
   * @param cutId its id
   * @param at record time of what happened
   */
  CutMarker.Builder of(
      AccountState state, Project project, String account, String cutId, Instant at) {
    Project after = project.withCut();
    state.put(after);
    return marker(after, account, cutId, at);
  }

  private CutMarker.Builder marker(Project project, String account, String cutId, Instant at) {
    return CutMarker.newBuilder()
        .setAccount(account)
        .setProject(project.description().getProjectName())
        .setCutId(cutId)
        .setPartition(0)
        .setPartitions(imagePartitions)
        .setAdmittedAt(at)
        .setIncarnation(project.incarnation())
        .setSequence(project.lastSequence());
  }
}
