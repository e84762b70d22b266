package io.relook.job.registry;

import io.relook.job.domain.Request;
import io.relook.schemas.Arns;
import io.relook.schemas.operation.ApiExceptions;
import io.relook.wire.DatasetType;
import io.relook.wire.ProjectDescription;
import io.relook.wire.ProjectMetadata;
import io.relook.wire.ResourceArn;
import io.relook.wire.ResourceType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Handles CreateProject and DeleteProject. */
final class Projects {

  private final Arns arns;
  private final Cuts cuts;

  Projects(Arns arns, Cuts cuts) {
    this.arns = arns;
    this.cuts = cuts;
  }

  List<RegistryEffect> create(AccountState state, Request request) {
    String name = request.project();
    String arn = arns.project(request.account(), name);
    if (state.project(name).isPresent()) {
      return RegistryEffect.failure(
          request,
          ApiExceptions.conflict(
              "The project " + name + " exists already: use it, or choose another name.",
              arn,
              ResourceType.PROJECT));
    }
    ProjectDescription project =
        ProjectDescription.newBuilder()
            .setAccount(request.account())
            .setProjectArn(arn)
            .setProjectName(name)
            .setCreationTimestamp(request.time())
            .build();
    state.put(Project.created(project, request.origin()));
    return List.of(
        RegistryEffect.answer(request, new ProjectMetadata(arn, name, request.time())),
        new RegistryEffect.NewProject(project));
  }

  List<RegistryEffect> delete(AccountState state, Request request) {
    String name = request.project();
    Optional<Project> project = state.project(name);
    if (project.isEmpty()) {
      return missing(request);
    }
    String arn = arns.project(request.account(), name);
    int models = project.get().models();
    if (models > 0) {
      return RegistryEffect.failure(
          request,
          ApiExceptions.conflict(
              "The project "
                  + name
                  + " has "
                  + models
                  + (models == 1 ? " model" : " models")
                  + ": delete its models and data sets with DeleteModel and DeleteDataset first.",
              arn,
              ResourceType.PROJECT));
    }
    Optional<KnownDataset> dataset =
        Stream.of(DatasetType.values())
            .flatMap(type -> state.dataset(name, type).stream())
            .findFirst();
    if (dataset.isPresent()) {
      return RegistryEffect.failure(
          request,
          ApiExceptions.conflict(
              "The project "
                  + name
                  + " has a "
                  + Datasets.name(dataset.get().type())
                  + " data set: delete it with DeleteDataset first.",
              arn,
              ResourceType.PROJECT));
    }
    state.removeProject(name);
    for (DatasetType type : DatasetType.values()) {
      state.put(name, type, new Deletion(request.origin().place(), request.timestamp()));
    }
    return List.of(
        RegistryEffect.answer(request, new ResourceArn(arn)),
        new RegistryEffect.ProjectGone(arn),
        new RegistryEffect.Cut(cuts.last(project.get().withCut(), request).build()));
  }

  /** The exception for a command that names a project which does not exist. */
  static List<RegistryEffect> missing(Request request) {
    return RegistryEffect.failure(
        request,
        ApiExceptions.notFound(
            "There is no project "
                + request.project()
                + ": check ProjectName, or create it with CreateProject.",
            request.project(),
            ResourceType.PROJECT));
  }
}
