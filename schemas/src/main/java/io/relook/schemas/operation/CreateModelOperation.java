package io.relook.schemas.operation;

import io.relook.wire.CreateModel;
import io.relook.wire.S3Location;
import io.relook.wire.Tag;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** CreateModel: trains a new version of a project's model. */
public record CreateModelOperation(CreateModel body) implements Operation {

  @Override
  public String name() {
    return "CreateModel";
  }

  @Override
  public String project() {
    return body.getProjectName();
  }

  @Override
  public Optional<String> clientToken() {
    return Optional.ofNullable(body.getClientToken());
  }

  /**
   * The order of the tags does not count, and absent tags equal empty ones. An absent prefix is
   * empty (schema default).
   */
  @Override
  public Optional<String> fingerprint() {
    List<@Nullable String> parts = new ArrayList<>();
    parts.add(body.getProjectName());
    parts.add(body.getDescription());
    parts.add(output().getBucket());
    parts.add(output().getPrefix());
    parts.add(body.getKmsKeyId());
    body.getTags().stream()
        .sorted(Comparator.comparing(Tag::getKey))
        .forEach(
            tag -> {
              parts.add(tag.getKey());
              parts.add(tag.getValue());
            });
    return Optional.of(Fingerprint.of(parts));
  }

  @Override
  public Stream<Check> checks() {
    return Stream.concat(
        Checks.named(body.getProjectName(), body.getClientToken()),
        Stream.of(
            () -> MemberRule.DESCRIPTION.violationIfGiven("", body.getDescription()),
            () -> MemberRule.BUCKET.violation("OutputConfig.S3Location.", output().getBucket()),
            () -> MemberRule.PREFIX.violation("OutputConfig.S3Location.", output().getPrefix()),
            () -> MemberRule.KMS_KEY_ID.violationIfGiven("", body.getKmsKeyId()),
            () -> Checks.tags(body.getTags())));
  }

  /** A command with tags also needs the permission to set tags. */
  @Override
  public List<String> permissions() {
    return body.getTags().isEmpty() ? List.of(name()) : List.of(name(), "TagResource");
  }

  @Override
  public Optional<S3Location> outputLocation() {
    return Optional.of(output());
  }

  private S3Location output() {
    return body.getOutputConfig().getS3Location();
  }

  @Override
  public <R> R accept(Handler<R> handler) {
    return handler.createModel(body);
  }
}
