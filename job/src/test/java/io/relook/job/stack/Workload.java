package io.relook.job.stack;

import io.relook.client.Commands;
import io.relook.client.ImageSource;
import io.relook.client.ImagesProducer;
import io.relook.client.Models;
import io.relook.client.RelookConnection;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.ModelMetadata;
import io.relook.wire.OutputConfig;
import io.relook.wire.S3Location;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.specific.SpecificRecord;

/** What clients do in a test: send images, ask for models, read what comes. */
public final class Workload implements AutoCloseable {
  public static final String ACCOUNT = "000000000000";
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final RelookConnection relook;
  private final ImagesProducer producer;
  private final Commands commands;
  private final String project;
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();

  public Workload(RelookConnection relook, String project) {
    this.relook = relook;
    this.project = project;
    this.producer = relook.images();
    this.commands = relook.commands();
  }

  /** Source references of the images that the broker has acknowledged. */
  public Set<String> acknowledged() {
    return Set.copyOf(acknowledged);
  }

  public CommandReply createProject() {
    return send(new CreateProject(project, null));
  }

  /** Sends a command and waits for its answer, however long the job takes to come back. */
  public CommandReply send(SpecificRecord body) {
    return commands.send(commands.command(body), PATIENCE).join();
  }

  /** Asks for a model; answers the reply. */
  public CommandReply createModel(String clientToken) {
    return send(createModelCommand(clientToken));
  }

  public CreateModel createModelCommand(String clientToken) {
    return CreateModel.newBuilder()
        .setProjectName(project)
        .setClientToken(clientToken)
        .setOutputConfig(new OutputConfig(new S3Location(TestStack.OUTPUT_BUCKET, project + "/")))
        .build();
  }

  /** Sends a small picture under this reference, without waiting. */
  public CompletableFuture<Void> sendImage(String sourceRef, Label label, byte[] picture) {
    LabeledImage image =
        LabeledImage.newBuilder()
            .setAccount(ACCOUNT)
            .setProject(project)
            .setSourceRef(sourceRef)
            .setLabel(label)
            .setImageBytes(ByteBuffer.wrap(picture))
            .build();
    return producer.send(image).thenAccept(place -> acknowledged.add(sourceRef));
  }

  /** Sends pictures from files and waits until all are acknowledged. */
  public void sendAll(List<ImageSource> sources) {
    CompletableFuture<?>[] sent =
        sources.stream()
            .map(
                source ->
                    producer
                        .send(source.toMessage(ACCOUNT, project, DatasetType.TRAIN))
                        .thenAccept(place -> acknowledged.add(source.sourceRef())))
            .toArray(CompletableFuture<?>[]::new);
    producer.flush();
    CompletableFuture.allOf(sent).join();
  }

  public void flush() {
    producer.flush();
  }

  /** Waits until the model of a reply is no longer in training. */
  public ModelMetadata awaitEnd(CommandReply reply) {
    ModelMetadata answered = (ModelMetadata) reply.getAnswer();
    try (Models models = relook.models()) {
      return models.awaitTrained(answered.getModelArn(), PATIENCE, Clock.systemUTC(), event -> {});
    }
  }

  public RelookConnection relook() {
    return relook;
  }

  @Override
  public void close() {
    producer.close();
    commands.close();
  }
}
