package io.relook.job.reference;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The service as one sequential program over maps, written from the specification and importing
 * nothing of the product. Everything is one account's.
 *
 * <p>An answer is text: {@code ok …} with what the operation answers, or {@code refused …} with
 * exception, resource type and resource.
 */
final class ReferenceService {
  private static final long EIGHT_HOURS = 8L * 3_600_000;
  private static final int TRAININGS = 2;
  private static final int REQUESTS_A_SECOND = 5;

  /** A command: operation, project, and the parameters it has. */
  record Request(
      String operation,
      String project,
      @Nullable String token,
      String type,
      boolean manifest,
      String version,
      Map<String, String> tags,
      String description) {

    private String parameters() {
      return type + "|" + manifest + "|" + version + "|" + new TreeMap<>(tags) + "|" + description;
    }
  }

  /** A data set. */
  static final class Dataset {
    String status = "UPDATE_COMPLETE";
    boolean commanded;
    boolean busy;
    boolean failed;
  }

  /** A model. */
  static final class Model {
    String status = "TRAINING";
    final Map<String, String> tags = new TreeMap<>();
  }

  /** A project; images can be there before it is. */
  static final class Project {
    boolean exists;
    int versions;
    final Map<String, Model> models = new TreeMap<>();
    final Map<String, Dataset> datasets = new TreeMap<>();

    /** Source reference → data set and label. */
    final Map<String, String[]> images = new TreeMap<>();
  }

  private record Remembered(String parameters, String answer, long at) {}

  final Map<String, Project> projects = new TreeMap<>();
  private final Map<String, Remembered> tokens = new HashMap<>();
  private final Map<String, List<Long>> requests = new HashMap<>();

  String send(Request request, long now) {
    boolean tagging =
        request.operation().endsWith("tagResource") || request.operation().equals("TagResource");
    String key = request.operation() + "/" + request.project() + "/" + request.token();
    if (request.token() != null && !tagging) {
      Remembered before = tokens.get(key);
      if (before != null && now - before.at() < EIGHT_HOURS) {
        return before.parameters().equals(request.parameters())
            ? "replayed " + before.answer()
            : "refused ConflictException PROJECT " + request.project();
      }
    }
    List<Long> recent = requests.computeIfAbsent(request.operation(), op -> new ArrayList<>());
    recent.removeIf(at -> now - at >= 1_000);
    if (recent.size() >= REQUESTS_A_SECOND) {
      return "refused ThrottlingException null null";
    }
    recent.add(now);
    String answer = run(request);
    if (request.token() != null && !tagging && answer.startsWith("ok")) {
      tokens.put(key, new Remembered(request.parameters(), answer, now));
    }
    return answer;
  }

  private String run(Request request) {
    Project project = projects.computeIfAbsent(request.project(), name -> new Project());
    String projectArn = "arn:project/" + request.project();
    String datasetArn = "arn:dataset/" + request.project() + "/" + request.type();
    String modelArn = "arn:model/" + request.project() + "/" + request.version();
    boolean tagging =
        request.operation().equals("TagResource") || request.operation().equals("UntagResource");
    if (request.operation().equals("CreateProject")) {
      if (project.exists) {
        return "refused ConflictException PROJECT " + projectArn;
      }
      project.exists = true;
      return "ok " + projectArn;
    }
    if (!project.exists && !tagging) {
      return "refused ResourceNotFoundException PROJECT " + request.project();
    }
    Dataset dataset = project.datasets.get(request.type());
    Model model = project.models.get(request.version());
    switch (request.operation()) {
      case "DeleteProject":
        if (!project.models.isEmpty() || !project.datasets.isEmpty()) {
          return "refused ConflictException PROJECT " + projectArn;
        }
        projects.remove(request.project());
        return "ok " + projectArn;
      case "CreateDataset":
        if (dataset != null && dataset.commanded) {
          return "refused ConflictException DATASET " + datasetArn;
        }
        Dataset created = dataset == null ? new Dataset() : dataset;
        created.commanded = true;
        created.busy = request.manifest();
        created.status = request.manifest() ? "CREATE_IN_PROGRESS" : "CREATE_COMPLETE";
        project.datasets.put(request.type(), created);
        return "ok " + created.status;
      case "UpdateDatasetEntries":
        if (dataset == null) {
          return notFound(request);
        }
        if (dataset.busy || dataset.failed) {
          return "refused ConflictException DATASET " + datasetArn;
        }
        dataset.commanded = true;
        dataset.busy = true;
        dataset.status = "UPDATE_IN_PROGRESS";
        return "ok UPDATE_IN_PROGRESS";
      case "DeleteDataset":
        if (dataset == null) {
          return notFound(request);
        }
        if (dataset.busy) {
          return "refused ConflictException DATASET " + datasetArn;
        }
        project.datasets.remove(request.type());
        project.images.values().removeIf(image -> image[0].equals(request.type()));
        return "ok " + datasetArn;
      case "CreateModel":
        for (String type : new TreeSet<>(project.datasets.keySet()).descendingSet()) {
          if (Objects.requireNonNull(project.datasets.get(type)).busy) {
            return "refused ConflictException DATASET arn:dataset/"
                + request.project()
                + "/"
                + type;
          }
        }
        long training =
            projects.values().stream()
                .flatMap(p -> p.models.values().stream())
                .filter(m -> m.status.equals("TRAINING"))
                .count();
        if (training >= TRAININGS) {
          return "refused ServiceQuotaExceededException PROJECT " + projectArn;
        }
        Model next = new Model();
        next.tags.putAll(request.tags());
        project.versions++;
        project.models.put(Integer.toString(project.versions), next);
        if (project.images.values().stream()
            .noneMatch(image -> image[0].equals("train") && image[1].equals("NORMAL"))) {
          next.status = "TRAINING_FAILED";
        }
        return "ok arn:model/" + request.project() + "/" + project.versions + " TRAINING";
      case "DeleteModel":
        if (model == null) {
          return "refused ResourceNotFoundException MODEL " + modelArn;
        }
        if (model.status.equals("TRAINING")) {
          return "refused ConflictException MODEL " + modelArn;
        }
        project.models.remove(request.version());
        return "ok " + modelArn;
      case "TagResource":
        if (model == null) {
          return "refused ResourceNotFoundException MODEL " + modelArn;
        }
        model.tags.putAll(request.tags());
        return "ok " + modelArn;
      case "UntagResource":
        if (model == null) {
          return "refused ResourceNotFoundException MODEL " + modelArn;
        }
        request.tags().keySet().forEach(model.tags::remove);
        return "ok " + modelArn;
      default:
        throw new IllegalArgumentException(request.operation());
    }
  }

  private static String notFound(Request request) {
    return "refused ResourceNotFoundException DATASET " + request.project() + "/" + request.type();
  }

  /** An image arrives, or is replaced. */
  void image(String name, String sourceRef, String type, String label) {
    Project project = projects.computeIfAbsent(name, n -> new Project());
    String[] before = project.images.put(sourceRef, new String[] {type, label});
    if (before != null) {
      touch(project, before[0]);
    }
    touch(project, type);
  }

  /** Takes an image out; answers whether it was there. */
  boolean withdraw(String name, String sourceRef) {
    Project project = projects.computeIfAbsent(name, n -> new Project());
    String[] before = project.images.remove(sourceRef);
    if (before == null) {
      return false;
    }
    touch(project, before[0]);
    return true;
  }

  private static void touch(Project project, String type) {
    Dataset dataset = project.datasets.computeIfAbsent(type, t -> new Dataset());
    if (!dataset.busy && !dataset.failed) {
      dataset.status = "UPDATE_COMPLETE";
    }
  }

  void imported(String name, String type, boolean refused) {
    Dataset dataset =
        Objects.requireNonNull(Objects.requireNonNull(projects.get(name)).datasets.get(type));
    boolean creating = dataset.status.equals("CREATE_IN_PROGRESS");
    dataset.busy = false;
    dataset.failed = creating && refused;
    dataset.status =
        refused
            ? creating ? "CREATE_FAILED" : "UPDATE_FAILED_ROLLBACK_COMPLETE"
            : creating ? "CREATE_COMPLETE" : "UPDATE_COMPLETE";
  }

  void trained(String name, String version, boolean failed) {
    Objects.requireNonNull(Objects.requireNonNull(projects.get(name)).models.get(version)).status =
        failed ? "TRAINING_FAILED" : "TRAINED";
  }

  /** The whole state as lines of text. */
  List<String> state() {
    List<String> lines = new ArrayList<>();
    projects.forEach(
        (name, project) -> {
          if (project.exists) {
            lines.add("project " + name);
          }
          project.models.forEach(
              (version, model) ->
                  lines.add(
                      "model " + name + "/" + version + " " + model.status + " " + model.tags));
          project.datasets.forEach(
              (type, dataset) ->
                  lines.add(
                      "dataset "
                          + name
                          + "/"
                          + type
                          + " "
                          + dataset.status
                          + " "
                          + count(project, type, "NORMAL")
                          + " "
                          + count(project, type, "ANOMALY")
                          + " "
                          + count(project, type, "NONE")));
        });
    lines.sort(null);
    return lines;
  }

  private static long count(Project project, String type, String label) {
    return project.images.values().stream()
        .filter(image -> image[0].equals(type) && image[1].equals(label))
        .count();
  }
}
