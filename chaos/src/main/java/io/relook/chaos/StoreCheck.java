package io.relook.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.relook.chaos.guarantee.Observation;
import io.relook.chaos.guarantee.Observation.ManifestLine;
import io.relook.cluster.FlinkJobs;
import io.relook.embedded.EmbeddedS3;
import io.relook.schemas.Sha256;
import io.relook.wire.ModelMetadata;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Checks a model's files as soon as its {@code TRAINED} is read: in the store itself, not through
 * the proxy that harms requests. A dead or frozen store is asked again until it answers, because
 * the check is about the files, not about the store.
 */
final class StoreCheck implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final S3Client s3;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread one = new Thread(work, "store-check");
            one.setDaemon(true);
            return one;
          });
  private final AtomicInteger waiting = new AtomicInteger();

  private StoreCheck(S3Client s3) {
    this.s3 = s3;
  }

  /** The credentials of the store, from the file that it wrote. */
  static AwsCredentials credentials(Path credentials) {
    String id = "";
    String secret = "";
    try {
      for (String line : Files.readAllLines(credentials, StandardCharsets.UTF_8)) {
        String value = line.substring(line.indexOf('=') + 1).strip();
        if (line.startsWith("aws_access_key_id")) {
          id = value;
        } else if (line.startsWith("aws_secret_access_key")) {
          secret = value;
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read " + credentials, e);
    }
    return AwsBasicCredentials.create(id, secret);
  }

  static StoreCheck open(URI endpoint, Path credentials) {
    return new StoreCheck(
        S3Client.builder()
            .endpointOverride(endpoint)
            .region(Region.of(EmbeddedS3.DEFAULT_REGION))
            .forcePathStyle(true)
            .credentialsProvider(StaticCredentialsProvider.create(credentials(credentials)))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(Duration.ofSeconds(2))
                    .socketTimeout(Duration.ofSeconds(10)))
            .build());
  }

  /** Checks the files in another thread and passes the result to the recorder. */
  void check(ModelMetadata model, Recorder recorder) {
    waiting.incrementAndGet();
    thread.execute(
        () -> {
          try {
            List<String> problems = new ArrayList<>();
            var provenance = model.getProvenance();
            object(model.getModelFile(), "model file", problems)
                .filter(bytes -> provenance != null)
                .filter(bytes -> !Sha256.hex(bytes).equals(provenance.getModelFileDigest()))
                .ifPresent(
                    bytes -> problems.add("The model file does not have the digest in the event."));
            Optional<byte[]> manifest =
                object(model.getTrainingManifest(), "training manifest", problems);
            manifest
                .filter(bytes -> provenance != null)
                .filter(
                    bytes ->
                        !Sha256.hex(asTrainedOn(bytes))
                            .equals(provenance.getTrainingManifestDigest()))
                .ifPresent(
                    bytes ->
                        problems.add(
                            "The training manifest does not have the digest in the event."));
            object(model.getEvaluationManifest(), "evaluation manifest", problems);
            object(model.getEvaluationResult(), "evaluation result", problems)
                .ifPresent(bytes -> parse(bytes, problems));
            recorder.observe(new Observation.Files(model.getModelArn(), problems));
            manifest.ifPresent(
                bytes ->
                    recorder.observe(new Observation.Manifest(model.getModelArn(), lines(bytes))));
          } catch (RuntimeException e) {
            recorder.observe(
                new Observation.Files(
                    model.getModelArn(), List.of("The files could not be checked: " + e)));
          } finally {
            waiting.decrementAndGet();
          }
        });
  }

  private static void parse(byte[] bytes, List<String> problems) {
    try {
      JSON.readTree(bytes);
    } catch (IOException e) {
      problems.add("The evaluation result is not JSON.");
    }
  }

  private Optional<byte[]> object(@Nullable S3Object object, String what, List<String> problems) {
    if (object == null) {
      problems.add("The event names no " + what + ".");
      return Optional.empty();
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        byte[] bytes =
            s3.getObjectAsBytes(get -> get.bucket(object.getBucket()).key(object.getKey()))
                .asByteArray();
        if (bytes.length == 0) {
          problems.add("The " + what + " is empty.");
        }
        return Optional.of(bytes);
      } catch (NoSuchKeyException e) {
        problems.add("There is no " + what + " " + object.getKey() + ".");
        return Optional.empty();
      } catch (S3Exception e) {
        if (e.statusCode() < 500) {
          problems.add("The " + what + " cannot be read: " + e.getMessage());
          return Optional.empty();
        }
      } catch (SdkException e) {
        if (System.nanoTime() > deadline) {
          problems.add("The store did not answer for " + PATIENCE.toSeconds() + " s.");
          return Optional.empty();
        }
      }
      FlinkJobs.pause();
    }
  }

  /**
   * The manifest to which the digest in the event belongs. After the training, the published one
   * got a mark for each suspected label, as the last member of its line.
   */
  private static byte[] asTrainedOn(byte[] published) {
    return new String(published, StandardCharsets.UTF_8)
        .replace(",\"suspected-label\":true}\n", "}\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** The lines of a training manifest as relook writes them. */
  static List<ManifestLine> lines(byte[] manifest) {
    List<ManifestLine> lines = new ArrayList<>();
    for (String text : new String(manifest, StandardCharsets.UTF_8).split("\n")) {
      if (text.isEmpty()) {
        continue;
      }
      try {
        JsonNode node = JSON.readTree(text);
        JsonNode relook = node.path("relook");
        String attribute = relook.path("label-attribute").asText();
        lines.add(
            new ManifestLine(
                node.path("source-ref").asText(),
                relook.path("side").asText(),
                node.path(attribute + "-metadata").path("class-name").asText(),
                relook.path("digest").asText()));
      } catch (IOException e) {
        throw new IllegalArgumentException("A line of the training manifest is not JSON", e);
      }
    }
    return lines;
  }

  /** Whether all files were checked. */
  boolean idle() {
    return waiting.get() == 0;
  }

  @Override
  public void close() {
    thread.shutdownNow();
    s3.close();
  }
}
