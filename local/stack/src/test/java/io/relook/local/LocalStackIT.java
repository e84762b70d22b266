package io.relook.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.relook.client.Commands;
import io.relook.client.ImageSource;
import io.relook.client.ImagesProducer;
import io.relook.client.Models;
import io.relook.client.RelookConnection;
import io.relook.client.RelookSettings;
import io.relook.client.pictures.ImageFiles;
import io.relook.local.sample.DefectKind;
import io.relook.local.sample.SamplePictures;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.DatasetType;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.OutputConfig;
import io.relook.wire.S3Location;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The local stack as a person runs it: in a process of its own, killed and started again. */
class LocalStackIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @Test
  void killedAndStartedAgainItContinuesWhereItStopped(@TempDir Path directory) throws Exception {
    Path pictures = directory.resolve("pictures");
    new SamplePictures(1).writeTo(pictures, 24, Map.of(DefectKind.STAIN, 6, DefectKind.CHIP, 6));
    List<ImageSource> sources = ImageFiles.read(pictures);
    Path data = directory.resolve("data");

    Process first = start(data);
    RelookConnection relook = connect(data);
    assertThat(ask(relook, new CreateProject("parts", null)).getError()).isNull();
    send(relook, sources);
    ModelMetadata one = train(relook);
    assertThat(one.getStatus()).as(one.getStatusMessage()).isEqualTo(ModelStatus.TRAINED);
    first.destroyForcibly().waitFor();

    Process second = start(data);
    try {
      relook = connect(data);
      CommandReply again = ask(relook, new CreateProject("parts", null));
      assertThat(again.getError()).as("the project is still there").isNotNull();
      ModelMetadata two = train(relook);
      assertThat(two.getModelVersion()).isEqualTo("2");
      assertThat(two.getProvenance().getTrainingManifestDigest())
          .as("the same images on the same sides")
          .isEqualTo(one.getProvenance().getTrainingManifestDigest());
      try (Models models = relook.models()) {
        assertThat(models.catchUp(Clock.systemUTC()))
            .extracting(ModelMetadata::getStatus)
            .containsExactly(ModelStatus.TRAINED, ModelStatus.TRAINED);
      }
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(data.resolve("flink/checkpoints").toFile().list())
                      .as("runs with checkpoints; those of the first run are of no use any more")
                      .hasSize(1));
    } finally {
      second.destroyForcibly().waitFor();
    }
  }

  /** Runs {@code relook local} and waits until it says that it runs. */
  private static Process start(Path data) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx2g",
                "-cp",
                System.getProperty("java.class.path"),
                Relook.class.getName(),
                "local",
                "--data",
                data.toString(),
                "--kafka-port=0",
                "--s3-port=0",
                "--ui-port=0")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out = process.inputReader();
    StringBuilder said = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      said.append(line).append('\n');
      if (line.contains("In another terminal")) {
        return process;
      }
    }
    throw new IllegalStateException("relook local ended:\n" + said);
  }

  private static RelookConnection connect(Path data) throws Exception {
    Map<String, String> file = RelookSettings.readFile(data.resolve("relook.properties"));
    for (String line : Files.readAllLines(data.resolve("credentials"))) {
      String[] parts = line.split(" = ", 2);
      if (parts.length == 2) {
        System.setProperty(
            parts[0].equals("aws_access_key_id") ? "aws.accessKeyId" : "aws.secretAccessKey",
            parts[1]);
      }
    }
    return new RelookConnection(RelookSettings.resolve(Map.of(), Map.of(), Map.of(), file));
  }

  private static void send(RelookConnection relook, List<ImageSource> sources) {
    try (ImagesProducer producer = relook.images()) {
      sources.stream()
          .map(s -> producer.send(s.toMessage("000000000000", "parts", DatasetType.TRAIN)))
          .toList()
          .forEach(sent -> sent.join());
    }
  }

  private static ModelMetadata train(RelookConnection relook) {
    CreateModel create =
        CreateModel.newBuilder()
            .setProjectName("parts")
            .setClientToken(relook.newId())
            .setOutputConfig(new OutputConfig(new S3Location(LocalStack.MODELS_BUCKET, "parts/")))
            .build();
    ModelMetadata announced = (ModelMetadata) ask(relook, create).getAnswer();
    try (Models models = relook.models()) {
      return models.awaitTrained(announced.getModelArn(), PATIENCE, Clock.systemUTC(), event -> {});
    }
  }

  private static CommandReply ask(RelookConnection relook, SpecificRecord body) {
    try (Commands commands = relook.commands()) {
      return commands.send(commands.command(body), PATIENCE).join();
    }
  }
}
