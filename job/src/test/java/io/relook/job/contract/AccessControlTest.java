package io.relook.job.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.schemas.access.AccessControl;
import io.relook.schemas.access.AccessPolicy;
import io.relook.wire.Command;
import io.relook.wire.CreateDataset;
import io.relook.wire.CreateModel;
import io.relook.wire.DatasetType;
import io.relook.wire.ExceptionCode;
import io.relook.wire.OutputConfig;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import io.relook.wire.ServiceException;
import io.relook.wire.UpdateDatasetEntries;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two accounts, every kind of location, both directions. */
class AccessControlTest {
  private static final AccessControl OPEN = AccessControl.withoutPolicy("relook");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "relook/pictures/acme/bolts/aa",
        "relook/pictures/other/bolts/aa",
        "relook/poison/x",
        "relook/uploads/x",
        "relook/uploads/other/x",
        "relook/uploads/acmecorp/x",
        "relook/uploads/acme",
        "relook/uploads/acme/../other/x",
        "relook/uploads/acme/..",
        "relook/uploads/acme/./x",
        "relook/uploads",
        "Relook/poison/x",
        "relook/.."
      })
  @Contract("ACCESS-LOCATION")
  void relooksOwnBucketIsClosedToEveryKindOfLocation(String path) {
    AccessControl everything = policy("{\"statements\": [{\"operations\": [\"*\"]}]}");
    for (AccessControl access : new AccessControl[] {OPEN, everything}) {
      assertThat(manifest(access, "acme", path)).isPresent();
      assertThat(changes(access, "acme", path)).isPresent();
      assertThat(output(access, "acme", path)).isPresent();
      assertThat(image(access, "acme", path)).isPresent();
    }
    assertThat(manifest(OPEN, "acme", path).orElseThrow().getCode())
        .isEqualTo(ExceptionCode.AccessDeniedException);
    assertThat(image(OPEN, "acme", path).orElseThrow())
        .endsWith(
            "relook's own bucket is closed, except below s3://relook/uploads/acme/: name another"
                + " location.");
  }

  @Test
  void eachAccountHasItsOwnUploads() {
    for (String account : new String[] {"acme", "other"}) {
      String own = "relook/uploads/" + account + "/bolts/aa";
      assertThat(manifest(OPEN, account, own)).isEmpty();
      assertThat(changes(OPEN, account, own)).isEmpty();
      assertThat(output(OPEN, account, own)).isEmpty();
      assertThat(image(OPEN, account, own)).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "acme, acme-pictures/a/1.png, true",
    "acme, acme-pictures/b/1.png, false",
    "acme, acme-pictures/a/../b/1.png, false",
    "acme, other-pictures/1.png, false",
    "other, other-pictures/1.png, true",
    "other, acme-pictures/a/1.png, false",
    "third, acme-pictures/a/1.png, false",
  })
  @Contract("ACCESS-LOCATION")
  void aPolicySaysWhatIsReadForWhom(String account, String path, boolean allowed) {
    AccessControl access =
        policy(
            """
            {"statements": [
              {"accounts": ["acme"], "operations": ["*"], "readBuckets": ["acme-pictures/a/*"],
               "writeBuckets": ["acme-models/*"]},
              {"accounts": ["other"], "operations": ["*"], "readBuckets": ["other-pictures/*"],
               "writeBuckets": ["other-models/lines/*"]},
              {"accounts": ["third"], "operations": ["CreateModel"], "readBuckets": [],
               "writeBuckets": []}]}
            """);

    assertThat(manifest(access, account, path).isEmpty()).isEqualTo(allowed);
    assertThat(changes(access, account, path).isEmpty()).isEqualTo(allowed);
    assertThat(image(access, account, path).isEmpty()).isEqualTo(allowed);
    assertThat(output(access, account, path)).as("reading is not writing").isPresent();
    assertThat(output(access, "acme", "acme-models/x/")).isEmpty();
    assertThat(output(access, "acme", "other-models/lines/x")).isPresent();
    assertThat(output(access, "other", "other-models/lines/x")).isEmpty();
    assertThat(output(access, "other", "other-models/lines")).isPresent();
    assertThat(manifest(access, "acme", "acme-models/x/m")).as("nor back").isPresent();
  }

  @Test
  void theCallerCounts() {
    AccessControl access =
        policy(
            """
            {"statements": [
              {"callers": ["mes"], "operations": ["CreateDataset"], "readBuckets": ["inbox/*"]},
              {"callers": ["lab"], "operations": ["CreateDataset"], "readBuckets": ["lab/*"]},
              {"callers": ["lab"], "operations": ["CreateModel"]}]}
            """);

    assertThat(dataset(access, "acme", "mes", "inbox/m")).isEmpty();
    assertThat(dataset(access, "acme", "lab", "inbox/m")).isPresent();
    assertThat(dataset(access, "acme", "lab", "lab/m")).isEmpty();
    assertThat(dataset(access, "acme", null, "lab/m")).isPresent();
    assertThat(
            access.read("acme", "mes", "CreateDataset", "bolts", "source-ref", object("lab/1.png")))
        .hasValue(
            "source-ref is 's3://lab/1.png': the account acme may not have it read here: ask for"
                + " readBuckets in a statement of the job's access policy that allow it.");
  }

  @Test
  void syntaxComesBeforePermissionAndPermissionBeforeLocations() {
    AccessControl nothing = policy("{\"statements\": []}");

    assertThat(manifest(nothing, "acme", "A/").orElseThrow().getCode())
        .isEqualTo(ExceptionCode.ValidationException);
    assertThat(manifest(nothing, "acme", "relook/x").orElseThrow().getMessage())
        .contains("may not do CreateDataset");
  }

  private static AccessControl policy(String json) {
    try {
      return new AccessControl("relook", AccessPolicy.parse(json));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static Optional<ServiceException> manifest(
      AccessControl access, String account, String path) {
    return dataset(access, account, null, path);
  }

  private static Optional<ServiceException> dataset(
      AccessControl access, String account, @Nullable String caller, String path) {
    return access.refusal(
        command(
            account, caller, new CreateDataset("bolts", DatasetType.TRAIN, object(path), null)));
  }

  private static Optional<ServiceException> changes(
      AccessControl access, String account, String path) {
    return access.refusal(
        command(
            account,
            null,
            new UpdateDatasetEntries("bolts", DatasetType.TEST, object(path), null)));
  }

  private static Optional<ServiceException> output(
      AccessControl access, String account, String path) {
    S3Object at = object(path);
    return access.refusal(
        command(
            account,
            null,
            CreateModel.newBuilder()
                .setProjectName("bolts")
                .setOutputConfig(new OutputConfig(new S3Location(at.getBucket(), at.getKey())))
                .build()));
  }

  private static Optional<String> image(AccessControl access, String account, String path) {
    return access.readForImage(account, "bolts", "imageLocation", object(path));
  }

  private static Command command(String account, @Nullable String caller, Object body) {
    return new Command("r", account, caller, Instant.EPOCH, body);
  }

  private static S3Object object(String path) {
    int slash = path.indexOf('/');
    return new S3Object(path.substring(0, slash), path.substring(slash + 1), null);
  }
}
