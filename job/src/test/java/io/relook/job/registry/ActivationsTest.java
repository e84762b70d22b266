package io.relook.job.registry;

import static io.relook.job.registry.RegistryCommands.answer;
import static io.relook.job.registry.RegistryCommands.exception;
import static io.relook.job.registry.RegistryFixtures.NOON;
import static io.relook.job.registry.RegistryFixtures.aCreateModel;
import static io.relook.job.registry.RegistryFixtures.aFailure;
import static io.relook.job.registry.RegistryFixtures.aSuccess;
import static io.relook.job.registry.RegistryFixtures.anOutcome;
import static io.relook.job.registry.RegistryFixtures.modelArn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.relook.wire.ActiveModelVersion;
import io.relook.wire.CreateProject;
import io.relook.wire.DeleteModel;
import io.relook.wire.ExceptionCode;
import io.relook.wire.ProjectDescription;
import io.relook.wire.ServiceException;
import io.relook.wire.UpdateActiveModelVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ActivationsTest {
  private final RegistryCommands registry = new RegistryCommands();

  @BeforeEach
  void aProjectWithTwoVersions() {
    registry.send(new CreateProject("bolts", null));
    for (int version = 1; version <= 2; version++) {
      registry.send(aCreateModel().build());
      registry.ended(anOutcome(version, aSuccess()));
    }
  }

  @Test
  void noVersionIsActiveUntilOneIsNamed() {
    assertThat(project().getActiveModelVersion()).isNull();
    assertThat(project().getActivationNumber()).isZero();
  }

  @Test
  void theActiveVersionIsAnsweredAndPublished() {
    List<RegistryEffect> first = activate("1", null);
    List<RegistryEffect> second = activate("2", "1");

    assertThat(answer(first, ActiveModelVersion.class))
        .isEqualTo(new ActiveModelVersion("1", modelArn(1), null, null, 1L));
    assertThat(answer(second, ActiveModelVersion.class))
        .isEqualTo(new ActiveModelVersion("2", modelArn(2), "1", modelArn(1), 2L));
    assertThat(projects(second))
        .extracting(
            ProjectDescription::getActiveModelVersion,
            ProjectDescription::getPreviousActiveModelVersion,
            ProjectDescription::getActivationNumber)
        .containsExactly(tuple("2", "1", 2L));
    assertThat(projects(second).get(0).getPreviousModelVersionActivatedAt())
        .isEqualTo(projects(first).get(0).getModelVersionActivatedAt())
        .isAfterOrEqualTo(NOON);
    assertThat(second).as("nothing is retrained").noneMatch(RegistryEffect.Cut.class::isInstance);
  }

  @Test
  void rollingBackIsAnActivationOfThePreviousVersion() {
    activate("1", null);
    activate("2", null);

    assertThat(answer(activate("1", "2"), ActiveModelVersion.class))
        .isEqualTo(new ActiveModelVersion("1", modelArn(1), "2", modelArn(2), 3L));
  }

  @Test
  void whatIsActiveAlreadyIsNotActivatedAgain() {
    activate("1", null);
    List<RegistryEffect> again = activate("1", "1");

    assertThat(answer(again, ActiveModelVersion.class).getActivationNumber()).isEqualTo(1);
    assertThat(projects(again)).isEmpty();
  }

  @Test
  void anotherActiveVersionThanExpectedIsAConflict() {
    assertThat(exception(activate("2", "1")).getMessage())
        .isEqualTo(
            "ExpectedActiveVersion is '1', but no version is active: read relook.projects, and"
                + " send the command again if it should still be done.");
    activate("2", null);

    ServiceException exception = exception(activate("1", "1"));
    assertThat(exception.getCode()).isEqualTo(ExceptionCode.ConflictException);
    assertThat(exception.getMessage())
        .startsWith("ExpectedActiveVersion is '1', but version 2 is active:");
    assertThat(project().getActiveModelVersion()).isEqualTo("2");
  }

  @Test
  void onlyATrainedVersionCanBeActive() {
    registry.send(aCreateModel().build());

    assertThat(exception(activate("3", null)).getMessage())
        .isEqualTo(
            "The model %s is TRAINING: only a version that is TRAINED can be active."
                .formatted(modelArn(3)));
    registry.ended(anOutcome(3, aFailure()));
    assertThat(exception(activate("3", null)).getCode()).isEqualTo(ExceptionCode.ConflictException);
    assertThat(exception(activate("4", null)).getCode())
        .isEqualTo(ExceptionCode.ResourceNotFoundException);
  }

  @Test
  void aProjectThatThereIsNotIsNotFound() {
    assertThat(
            exception(registry.send(new UpdateActiveModelVersion("nuts", "1", null, null)))
                .getCode())
        .isEqualTo(ExceptionCode.ResourceNotFoundException);
  }

  @Test
  void aDeletedVersionIsNeitherActiveNorPrevious() {
    activate("1", null);
    activate("2", null);
    List<RegistryEffect> active = registry.send(new DeleteModel("bolts", "2", null));

    assertThat(projects(active))
        .extracting(
            ProjectDescription::getActiveModelVersion,
            ProjectDescription::getModelVersionActivatedAt,
            ProjectDescription::getPreviousActiveModelVersion)
        .containsExactly(tuple(null, null, "1"));
    assertThat(answer(activate("1", null), ActiveModelVersion.class))
        .as("the previous one is active again and has no previous one")
        .isEqualTo(new ActiveModelVersion("1", modelArn(1), null, null, 3L));
    registry.send(new DeleteModel("bolts", "1", null));
    assertThat(project().getActiveModelVersion()).isNull();
    assertThat(project().getActivationNumber()).isEqualTo(3);
  }

  @Test
  void aVersionThatIsNeitherIsDeletedWithoutAnEventOfTheProject() {
    activate("1", null);

    assertThat(projects(registry.send(new DeleteModel("bolts", "2", null)))).isEmpty();
  }

  private List<RegistryEffect> activate(String version, @Nullable String expected) {
    return registry.send(new UpdateActiveModelVersion("bolts", version, expected, null));
  }

  private ProjectDescription project() {
    return registry.state.project("bolts").orElseThrow().description();
  }

  private static List<ProjectDescription> projects(List<RegistryEffect> effects) {
    return effects.stream()
        .flatMap(
            e ->
                e instanceof RegistryEffect.NewProject p
                    ? List.of(p.project()).stream()
                    : List.<ProjectDescription>of().stream())
        .toList();
  }
}
