package io.relook.job.registry;

import static io.relook.job.registry.RegistryCommands.answer;
import static io.relook.job.registry.RegistryCommands.cuts;
import static io.relook.job.registry.RegistryCommands.exception;
import static io.relook.job.registry.RegistryCommands.models;
import static io.relook.job.registry.RegistryCommands.reply;
import static io.relook.job.registry.RegistryFixtures.aCreateModel;
import static io.relook.job.registry.RegistryFixtures.aFailure;
import static io.relook.job.registry.RegistryFixtures.aSuccess;
import static io.relook.job.registry.RegistryFixtures.anOutcome;
import static io.relook.job.registry.RegistryFixtures.modelArn;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.contract.Contract;
import io.relook.job.domain.OutputBucket;
import io.relook.job.domain.OutputBucket.Verdict;
import io.relook.schemas.access.AccessControl;
import io.relook.schemas.access.AccessPolicy;
import io.relook.wire.AbandonTraining;
import io.relook.wire.CreateDataset;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteModel;
import io.relook.wire.DeleteProject;
import io.relook.wire.ExceptionCode;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.ResourceArn;
import io.relook.wire.ResourceType;
import io.relook.wire.S3Object;
import io.relook.wire.ServiceException;
import io.relook.wire.Tag;
import io.relook.wire.TagResource;
import io.relook.wire.UntagResource;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ModelCommandsTest {
  private RegistryCommands registry = new RegistryCommands();

  @BeforeEach
  void aProject() {
    registry.send(new CreateProject("bolts", null));
  }

  @Test
  @Contract({"QUOTA-TRAININGS", "EX-QUOTA"})
  void aThirdTrainingAtATimeIsOverTheQuota() {
    restart(
        new RegistrySettings(
            "us-east-1",
            5,
            new RegistryOptions.Quotas(2, 1_000),
            AccessControl.withoutPolicy("relook"),
            Duration.ofDays(2),
            Duration.ofMinutes(30)));
    registry.send(new CreateProject("nuts", null));
    registry.send(aCreateModel().build());
    registry.send(aCreateModel().setProjectName("nuts").build());

    ServiceException exception = exception(registry.send(aCreateModel().build()));
    assertThat(exception.getCode()).isEqualTo(ExceptionCode.ServiceQuotaExceededException);
    assertThat(exception.getQuotaCode()).isEqualTo("relook-concurrent-trainings");
    assertThat(exception.getServiceCode()).isEqualTo("lookoutvision");
    assertThat(exception.getResourceId())
        .isEqualTo("arn:aws:lookoutvision:us-east-1:123456789012:project/bolts");
    assertThat(exception.getResourceType()).isEqualTo(ResourceType.PROJECT);
    assertThat(exception.getMessage())
        .isEqualTo(
            "The account has 2 trainings running, and 2 are allowed: wait until one ends, or"
                + " raise quota.concurrent-trainings.");
    registry.ended(anOutcome(1, aFailure()));
    assertThat(answer(registry.send(aCreateModel().build()), ModelMetadata.class).getModelVersion())
        .isEqualTo("2");
  }

  @Test
  @Contract("TOKEN-REPEAT-UNDER-QUOTA")
  void aRepeatIsAnsweredWhileTheQuotaIsFullAndAfterTheEnd() {
    restart(
        new RegistrySettings(
            "us-east-1",
            5,
            new RegistryOptions.Quotas(1, 1_000),
            AccessControl.withoutPolicy("relook"),
            Duration.ofDays(2),
            Duration.ofMinutes(30)));
    CreateModel create = aCreateModel().setClientToken("t").build();
    ModelMetadata first = answer(registry.send(create), ModelMetadata.class);

    assertThat(answer(registry.send(create), ModelMetadata.class)).isEqualTo(first);
    registry.ended(anOutcome(1, aSuccess()));
    assertThat(answer(registry.send(create), ModelMetadata.class)).isEqualTo(first);
    assertThat(reply(registry.send(create)).getReplayed()).isTrue();
  }

  @Test
  @Contract("TOKEN-REFUSAL-FORGOTTEN")
  void anExceptionIsNotRemembered() {
    restart(
        new RegistrySettings(
            "us-east-1",
            5,
            new RegistryOptions.Quotas(1, 1_000),
            AccessControl.withoutPolicy("relook"),
            Duration.ofDays(2),
            Duration.ofMinutes(30)));
    registry.send(aCreateModel().build());
    CreateModel create = aCreateModel().setClientToken("t").build();
    exception(registry.send(create));
    registry.ended(anOutcome(1, aSuccess()));

    assertThat(answer(registry.send(create), ModelMetadata.class).getModelVersion()).isEqualTo("2");
  }

  @Test
  @Contract({"QUOTA-RATE", "EX-THROTTLING"})
  void aSixthRequestWithinASecondIsThrottled() {
    restart(
        new RegistrySettings(
            "us-east-1",
            5,
            new RegistryOptions.Quotas(100, 5),
            AccessControl.withoutPolicy("relook"),
            Duration.ofDays(2),
            Duration.ofMinutes(30)));
    for (int i = 0; i < 5; i++) {
      answer(registry.send(aCreateModel().build()), ModelMetadata.class);
    }

    ServiceException exception =
        exception(registry.later(Duration.ofMillis(999)).send(aCreateModel().build()));
    assertThat(exception.getCode()).isEqualTo(ExceptionCode.ThrottlingException);
    assertThat(exception.getRetryAfterSeconds()).isEqualTo(1);
    assertThat(exception.getQuotaCode()).isEqualTo("relook-request-rate");
    assertThat(exception.getServiceCode()).isEqualTo("lookoutvision");
    // Another operation has a rate of its own; a second after the first five have gone.
    answer(registry.send(new CreateProject("nuts", null)), Object.class);
    answer(registry.later(Duration.ofMillis(1)).send(aCreateModel().build()), ModelMetadata.class);
  }

  @Test
  void aBrokerWhoseClockStepsBackThrottlesNobody() {
    restart(
        new RegistrySettings(
            "us-east-1",
            5,
            new RegistryOptions.Quotas(100, 5),
            AccessControl.withoutPolicy("relook"),
            Duration.ofDays(2),
            Duration.ofMinutes(30)));
    for (int i = 0; i < 5; i++) {
      answer(registry.send(aCreateModel().build()), ModelMetadata.class);
    }

    answer(
        registry.later(Duration.ofMinutes(-5)).send(aCreateModel().build()), ModelMetadata.class);
  }

  @Test
  void theMarkersSayWhichModelTheTrainingMayBuildOn() {
    restart(
        new RegistrySettings(
            "us-east-1",
            5,
            new RegistryOptions.Quotas(100, 1_000),
            AccessControl.withoutPolicy("relook"),
            Duration.ofDays(2),
            Duration.ofMinutes(30)));
    assertThat(marker(registry.send(aCreateModel().build())).getParentModelDigest()).isNull();
    // The first is still being trained; of the next two one ends, the other fails.
    assertThat(marker(registry.send(aCreateModel().build())).getParentModelDigest()).isNull();
    registry.send(aCreateModel().build());
    registry.ended(anOutcome(2, aSuccess()));
    registry.ended(anOutcome(3, aFailure()));

    CutMarker fourth = marker(registry.send(aCreateModel().build()));

    assertThat(fourth.getParentModelVersion()).isEqualTo("2");
    assertThat(fourth.getParentModelDigest())
        .isEqualTo(aSuccess().getProvenance().getModelFileDigest());
    registry.send(new DeleteModel("bolts", "2", null));
    assertThat(marker(registry.send(aCreateModel().build())).getParentModelDigest()).isNull();
    registry.ended(anOutcome(1, aSuccess()));
    assertThat(marker(registry.send(aCreateModel().build())).getParentModelVersion())
        .isEqualTo("1");
  }

  private static CutMarker marker(List<RegistryEffect> effects) {
    return RegistryCommands.cuts(effects).get(0).marker();
  }

  @Test
  void aRepeatIsNotThrottled() {
    restart(
        new RegistrySettings(
            "us-east-1",
            5,
            new RegistryOptions.Quotas(100, 1),
            AccessControl.withoutPolicy("relook"),
            Duration.ofDays(2),
            Duration.ofMinutes(30)));
    CreateModel create = aCreateModel().setClientToken("t").build();
    registry.send(create);

    assertThat(reply(registry.send(create)).getReplayed()).isTrue();
  }

  @Test
  @Contract("ACCESS-BUCKET")
  void anOutputBucketThatCannotBeUsedFailsTheCommandWithTheReason() {
    assertThat(bucket(Verdict.MISSING)).isEqualTo(ExceptionCode.ValidationException);
    assertThat(bucket(Verdict.OTHER_REGION)).isEqualTo(ExceptionCode.ValidationException);
    assertThat(bucket(Verdict.FORBIDDEN)).isEqualTo(ExceptionCode.AccessDeniedException);
    assertThat(bucket(Verdict.WRITABLE)).isNull();
  }

  @Test
  @Contract("EX-INTERNAL")
  void aStoreThatDoesNotAnswerIsNotTheCallersFault() {
    assertThat(bucket(Verdict.UNREACHABLE)).isEqualTo(ExceptionCode.InternalServerException);
    assertThat(exception(registry.send(aCreateModel().build())).getRetryAfterSeconds())
        .isEqualTo(5);
  }

  @Test
  @Contract({"ACCESS-POLICY", "EX-ACCESS-DENIED"})
  void aCallerMayDoWhatThePolicyAllows() {
    AccessControl policy =
        new AccessControl(
            "relook",
            new AccessPolicy(
                List.of(
                    new AccessPolicy.Statement(
                        null,
                        List.of("line-4"),
                        List.of("CreateModel"),
                        List.of("bolts"),
                        null,
                        null))));
    CreateModel tagged = aCreateModel().setTags(List.of(new Tag("a", "b"))).build();
    registry.caller = "line-4";
    restart(
        new RegistrySettings(
            "us-east-1",
            5,
            new RegistryOptions.Quotas(100, 1_000),
            AccessControl.withoutPolicy("relook"),
            Duration.ofDays(2),
            Duration.ofMinutes(30)));
    RegistryCommands strict =
        new RegistryCommands(
            new RegistrySettings(
                "us-east-1",
                5,
                new RegistryOptions.Quotas(100, 1_000),
                policy,
                Duration.ofDays(2),
                Duration.ofMinutes(30)));
    strict.state.projects.putAll(registry.state.projects);

    assertThat(exception(strict.send(aCreateModel().build())).getCode())
        .isEqualTo(ExceptionCode.AccessDeniedException);
    strict.caller = "line-4";
    answer(strict.send(aCreateModel().build()), ModelMetadata.class);
    assertThat(exception(strict.send(tagged)).getMessage())
        .isEqualTo(
            "The caller 'line-4' may not do TagResource on the project 'bolts', which CreateModel"
                + " with Tags needs: ask for a statement in the job's access policy that allows"
                + " it.");
  }

  @Test
  void permissionIsAskedBeforeTheTokenAndSyntaxBeforePermission() {
    RegistryCommands strict =
        new RegistryCommands(
            new RegistrySettings(
                "us-east-1",
                5,
                new RegistryOptions.Quotas(100, 1_000),
                new AccessControl("relook", new AccessPolicy(List.of())),
                Duration.ofDays(2),
                Duration.ofMinutes(30)));

    assertThat(exception(strict.send(new CreateProject("-", null))).getCode())
        .isEqualTo(ExceptionCode.ValidationException);
    assertThat(exception(strict.send(new CreateProject("nuts", null))).getCode())
        .isEqualTo(ExceptionCode.AccessDeniedException);
  }

  @Test
  @Contract("CHECK-ORDER")
  void checksComeInTheirOrder() {
    restart(
        new RegistrySettings(
            "us-east-1",
            5,
            new RegistryOptions.Quotas(1, 1_000),
            AccessControl.withoutPolicy("relook"),
            Duration.ofDays(2),
            Duration.ofMinutes(30)));
    registry.bucket = new OutputBucket(Verdict.MISSING, "There is no such bucket.");
    CreateModel other = aCreateModel().setProjectName("nuts").build();
    // No project before the bucket.
    assertThat(exception(registry.send(other)).getResourceType()).isEqualTo(ResourceType.PROJECT);
    // A conflict before the bucket.
    registry.send(
        new CreateDataset(
            "bolts", DatasetType.TRAIN, new S3Object("factory", "m.manifest", null), null));
    String place = registry.lastPlace();
    assertThat(exception(registry.send(aCreateModel().build())).getCode())
        .isEqualTo(ExceptionCode.ConflictException);
    registry.imported(DatasetType.TRAIN, place, null);
    // The bucket before the quota.
    registry.bucket = OutputBucket.ASSUMED_WRITABLE;
    registry.send(aCreateModel().build());
    registry.bucket = new OutputBucket(Verdict.MISSING, "There is no such bucket.");
    assertThat(exception(registry.send(aCreateModel().build())).getCode())
        .isEqualTo(ExceptionCode.ValidationException);
    registry.bucket = OutputBucket.ASSUMED_WRITABLE;
    assertThat(exception(registry.send(aCreateModel().build())).getCode())
        .isEqualTo(ExceptionCode.ServiceQuotaExceededException);
  }

  @Test
  @Contract({"MODEL-DELETE", "STATUS-DELETING"})
  void aModelIsDeleted() {
    registry.send(aCreateModel().build());
    registry.ended(anOutcome(1, aSuccess()));
    List<RegistryEffect> effects = registry.send(new DeleteModel("bolts", "1", null));

    assertThat(answer(effects, ResourceArn.class).getArn()).isEqualTo(modelArn(1));
    assertThat(models(effects).get(0).getStatus()).isEqualTo(ModelStatus.DELETING);
    assertThat(effects).contains(new RegistryEffect.ModelGone(modelArn(1)));
    assertThat(cuts(effects).get(0).marker().getModel().getModelFile())
        .isEqualTo(aSuccess().getModelFile());
    assertThat(registry.state.models).isEmpty();
    // A late second end changes nothing.
    assertThat(registry.ended(anOutcome(1, aSuccess()))).isEmpty();
    assertThat(registry.state.early).isEmpty();
  }

  @Test
  void anAbandonedTrainingFailsAndFreesItsPlaceInTheQuota() {
    registry.send(aCreateModel().build());
    List<RegistryEffect> effects = registry.send(new AbandonTraining("bolts", "1", null));

    assertThat(answer(effects, ResourceArn.class).getArn()).isEqualTo(modelArn(1));
    assertThat(models(effects).get(0).getStatus()).isEqualTo(ModelStatus.TRAINING_FAILED);
    assertThat(models(effects).get(0).getStatusMessage())
        .isEqualTo("The training was abandoned by AbandonTraining: create the model again.");
    assertThat(registry.state.inTraining).isEmpty();
    assertThat(registry.ended(anOutcome(1, aSuccess()))).as("what it still does").isEmpty();
    assertThat(exception(registry.send(new AbandonTraining("bolts", "1", null))).getMessage())
        .isEqualTo(
            "The model %s is TRAINING_FAILED: only a training that has not ended can be abandoned."
                .formatted(modelArn(1)));
    assertThat(exception(registry.send(new AbandonTraining("bolts", "2", null))).getCode())
        .isEqualTo(ExceptionCode.ResourceNotFoundException);
    assertThat(exception(registry.send(new AbandonTraining("nuts", "1", null))).getCode())
        .isEqualTo(ExceptionCode.ResourceNotFoundException);
    registry.send(new DeleteModel("bolts", "1", null));
    assertThat(registry.state.models).isEmpty();
  }

  @Test
  @Contract("EX-CONFLICT-TRAINING")
  void aModelInTrainingIsNotDeleted() {
    registry.send(aCreateModel().build());

    ServiceException exception = exception(registry.send(new DeleteModel("bolts", "1", null)));
    assertThat(exception.getCode()).isEqualTo(ExceptionCode.ConflictException);
    assertThat(exception.getResourceId()).isEqualTo(modelArn(1));
    assertThat(exception.getResourceType()).isEqualTo(ResourceType.MODEL);
  }

  @Test
  @Contract("EX-NOTFOUND-MODEL")
  void aModelThatThereIsNotIsNotFound() {
    for (Object body :
        List.of(
            new DeleteModel("bolts", "1", null),
            new TagResource(modelArn(1), List.of()),
            new UntagResource(modelArn(1), List.of()))) {
      ServiceException exception = exception(registry.send(body));
      assertThat(exception.getCode()).isEqualTo(ExceptionCode.ResourceNotFoundException);
      assertThat(exception.getResourceId()).isEqualTo(modelArn(1));
      assertThat(exception.getResourceType()).isEqualTo(ResourceType.MODEL);
    }
  }

  @Test
  @Contract("MODEL-VERSION")
  void versionsAreNeverReused() {
    registry.send(aCreateModel().build());
    registry.ended(anOutcome(1, aFailure()));
    registry.send(new DeleteModel("bolts", "1", null));

    assertThat(answer(registry.send(aCreateModel().build()), ModelMetadata.class).getModelVersion())
        .isEqualTo("2");
  }

  @Test
  @Contract("PROJECT-DELETE")
  void aProjectWithoutModelsAndDataSetsIsDeleted() {
    registry.send(aCreateModel().build());
    registry.ended(anOutcome(1, aFailure()));
    assertThat(exception(registry.send(new DeleteProject("bolts", null))).getMessage())
        .isEqualTo(
            "The project bolts has 1 model: delete its models and data sets with DeleteModel and"
                + " DeleteDataset first.");
    registry.send(new DeleteModel("bolts", "1", null));
    List<RegistryEffect> effects = registry.send(new DeleteProject("bolts", null));

    String arn = "arn:aws:lookoutvision:us-east-1:123456789012:project/bolts";
    assertThat(answer(effects, ResourceArn.class).getArn()).isEqualTo(arn);
    assertThat(effects).contains(new RegistryEffect.ProjectGone(arn));
    assertThat(cuts(effects)).hasSize(1);
    assertThat(registry.state.projects).isEmpty();
  }

  @Test
  @Contract({"TAG-RESOURCE", "UNTAG-RESOURCE", "MODEL-TAGS-SURVIVE"})
  void tagsSetDuringATrainingSurviveItsEnd() {
    registry.send(
        aCreateModel().setTags(List.of(new Tag("line", "4"), new Tag("shift", "a"))).build());
    answer(
        registry.send(
            new TagResource(modelArn(1), List.of(new Tag("shift", "b"), new Tag("new", "")))),
        ResourceArn.class);
    registry.ended(anOutcome(1, aSuccess()));
    List<RegistryEffect> untagged =
        registry.send(new UntagResource(modelArn(1), List.of("line", "unknown")));

    assertThat(models(untagged).get(0).getTags())
        .containsExactly(new Tag("shift", "b"), new Tag("new", ""));
    assertThat(models(untagged).get(0).getStatus()).isEqualTo(ModelStatus.TRAINED);
  }

  @Test
  @Contract("QUOTA-TAGS")
  void aModelHasAtMostTwoHundredTags() {
    registry.send(
        aCreateModel()
            .setTags(IntStream.range(0, 200).mapToObj(i -> new Tag("k" + i, "")).toList())
            .build());
    answer(
        registry.send(new TagResource(modelArn(1), List.of(new Tag("k0", "changed")))),
        ResourceArn.class);

    ServiceException exception =
        exception(registry.send(new TagResource(modelArn(1), List.of(new Tag("more", "")))));
    assertThat(exception.getCode()).isEqualTo(ExceptionCode.ServiceQuotaExceededException);
    assertThat(exception.getQuotaCode()).isEqualTo("relook-tags-per-model");
  }

  @Test
  @Contract("MODEL-TRAINED-THEN-ALL")
  void aClientThatHasReadTrainedCanDoEverythingAtOnce() {
    restart(
        new RegistrySettings(
            "us-east-1",
            5,
            new RegistryOptions.Quotas(1, 1_000),
            AccessControl.withoutPolicy("relook"),
            Duration.ofDays(2),
            Duration.ofMinutes(30)));
    registry.send(aCreateModel().build());
    registry.ended(anOutcome(1, aSuccess()));

    answer(
        registry.send(new TagResource(modelArn(1), List.of(new Tag("a", "b")))), ResourceArn.class);
    answer(registry.send(aCreateModel().build()), ModelMetadata.class);
    answer(registry.send(new DeleteModel("bolts", "1", null)), ResourceArn.class);
  }

  private @Nullable ExceptionCode bucket(Verdict verdict) {
    registry.bucket = new OutputBucket(verdict, "Do something.");
    ServiceException error = reply(registry.send(aCreateModel().build())).getError();
    assertThat(error == null || error.getMessage().contains("Do something.")).isTrue();
    return error == null ? null : error.getCode();
  }

  /** The same state under other settings, as after an upgrade. */
  private void restart(RegistrySettings settings) {
    RegistryCommands next = new RegistryCommands(settings);
    next.state.projects.putAll(registry.state.projects);
    registry = next;
  }
}
