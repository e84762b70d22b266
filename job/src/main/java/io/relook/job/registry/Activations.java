package io.relook.job.registry;

import io.relook.job.domain.Request;
import io.relook.schemas.Arns;
import io.relook.schemas.operation.ApiExceptions;
import io.relook.wire.ActiveModelVersion;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.ProjectDescription;
import io.relook.wire.ResourceType;
import io.relook.wire.UpdateActiveModelVersion;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Handles UpdateActiveModelVersion: which version of a project is the active one. Only a command
 * changes it; a training does not.
 */
final class Activations {

  private final Arns arns;

  Activations(Arns arns) {
    this.arns = arns;
  }

  List<RegistryEffect> update(
      AccountState state, Request request, UpdateActiveModelVersion update) {
    return ModelVersions.existing(
        arns,
        state,
        request,
        update.getModelVersion(),
        (project, model) ->
            update(state, request, project, model, update.getExpectedActiveVersion()));
  }

  private List<RegistryEffect> update(
      AccountState state,
      Request request,
      Project project,
      ModelMetadata model,
      @Nullable String expected) {
    String version = model.getModelVersion();
    String arn = model.getModelArn();
    ProjectDescription before = project.description();
    if (expected != null && !expected.equals(before.getActiveModelVersion())) {
      return conflict(
          request,
          "ExpectedActiveVersion is '"
              + expected
              + "', but "
              + active(before)
              + ": read relook.projects, and send the command again if it should still be done.",
          arn);
    }
    if (model.getStatus() != ModelStatus.TRAINED) {
      return conflict(
          request,
          "The model "
              + arn
              + " is "
              + model.getStatus()
              + ": only a version that is TRAINED can be active.",
          arn);
    }
    if (version.equals(before.getActiveModelVersion())) {
      return List.of(RegistryEffect.answer(request, answer(request, before)));
    }
    ProjectDescription after = activated(before, version, request);
    state.put(project.withDescription(after));
    return List.of(
        RegistryEffect.answer(request, answer(request, after)),
        new RegistryEffect.NewProject(after));
  }

  /** The project after a version of it was deleted: that version is neither active nor previous. */
  static ProjectDescription without(ProjectDescription project, String version) {
    ProjectDescription.Builder after = ProjectDescription.newBuilder(project);
    if (version.equals(project.getActiveModelVersion())) {
      after.setActiveModelVersion(null).setModelVersionActivatedAt(null);
    }
    if (version.equals(project.getPreviousActiveModelVersion())) {
      after.setPreviousActiveModelVersion(null).setPreviousModelVersionActivatedAt(null);
    }
    return after.build();
  }

  private static ProjectDescription activated(
      ProjectDescription before, String version, Request request) {
    ProjectDescription.Builder after =
        ProjectDescription.newBuilder(before)
            .setActiveModelVersion(version)
            .setModelVersionActivatedAt(request.time())
            .setActivationNumber(before.getActivationNumber() + 1);
    if (before.getActiveModelVersion() != null) {
      return after
          .setPreviousActiveModelVersion(before.getActiveModelVersion())
          .setPreviousModelVersionActivatedAt(before.getModelVersionActivatedAt())
          .build();
    }
    // The active version was deleted: the previous one stays, unless it is active again.
    return Objects.equals(version, before.getPreviousActiveModelVersion())
        ? after.setPreviousActiveModelVersion(null).setPreviousModelVersionActivatedAt(null).build()
        : after.build();
  }

  private ActiveModelVersion answer(Request request, ProjectDescription project) {
    String previous = project.getPreviousActiveModelVersion();
    return ActiveModelVersion.newBuilder()
        .setCurrentActiveVersion(project.getActiveModelVersion())
        .setCurrentActiveVersionArn(
            arns.model(request.account(), request.project(), project.getActiveModelVersion()))
        .setPreviousActiveVersion(previous)
        .setPreviousActiveVersionArn(
            previous == null ? null : arns.model(request.account(), request.project(), previous))
        .setActivationNumber(project.getActivationNumber())
        .build();
  }

  private static String active(ProjectDescription project) {
    return project.getActiveModelVersion() == null
        ? "no version is active"
        : "version " + project.getActiveModelVersion() + " is active";
  }

  private static List<RegistryEffect> conflict(Request request, String message, String arn) {
    return RegistryEffect.failure(
        request, ApiExceptions.conflict(message, arn, ResourceType.MODEL));
  }
}
