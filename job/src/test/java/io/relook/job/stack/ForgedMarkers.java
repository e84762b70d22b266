package io.relook.job.stack;

import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.schemas.signing.KeyFiles;
import io.relook.schemas.signing.RecordSignature;
import io.relook.schemas.signing.SignedPlace;
import io.relook.schemas.signing.SigningKey;
import io.relook.wire.CreateModel;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteDataset;
import io.relook.wire.DeleteModel;
import io.relook.wire.DeleteProject;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.OutputConfig;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Cut markers as a client with ill will writes them. */
public final class ForgedMarkers {
  private static final MessageCodec CODEC = MessageCodec.standard();

  private ForgedMarkers() {}

  /** Markers that would delete, train, stall and restart. */
  public static List<CutMarker> of(String project) {
    ModelMetadata model =
        ModelMetadata.newBuilder()
            .setAccount(Workload.ACCOUNT)
            .setProjectName(project)
            .setModelVersion("1")
            .setModelArn("arn:aws:lookoutvision:us-east-1:000000000000:model/" + project + "/1")
            .setCreationTimestamp(Instant.now())
            .setStatus(ModelStatus.TRAINED)
            .setStatusMessage("")
            .setOutputConfig(new OutputConfig(new S3Location("models", project + "/")))
            .setModelFile(new S3Object("models", project + "/Model-" + project + "-1.onnx", null))
            .build();
    CreateModel training =
        CreateModel.newBuilder()
            .setProjectName(project)
            .setOutputConfig(new OutputConfig(new S3Location("models", "forged/")))
            .build();
    List<CutMarker> markers = new ArrayList<>();
    markers.add(marker(project, new DeleteModel(project, "1", null)).setModel(model).build());
    markers.add(marker(project, new DeleteDataset(project, DatasetType.TRAIN, null)).build());
    markers.add(marker(project, new DeleteProject(project, null)).build());
    markers.add(marker(project, training).setModel(model).build());
    // Without a model: it made the data set fail.
    markers.add(marker(project, training).build());
    // For partitions that do not exist: it made the project wait for ever.
    markers.add(
        marker(project, new DeleteProject(project, null)).setPartitions(Integer.MAX_VALUE).build());
    return markers;
  }

  private static CutMarker.Builder marker(String project, Object command) {
    return CutMarker.newBuilder()
        .setAccount(Workload.ACCOUNT)
        .setProject(project)
        .setCutId("relook.commands-0-" + UUID.randomUUID())
        .setPartition(0)
        .setPartitions(2)
        .setAdmittedAt(Instant.now())
        .setSequence(Long.MAX_VALUE)
        .setCommand(command);
  }

  /** The record of a marker, without a signature. */
  public static ProducerRecord<byte[], byte[]> unsigned(CutMarker marker, int partition) {
    CutMarker here = CutMarker.newBuilder(marker).setPartition(partition).build();
    return new ProducerRecord<>(
        Topic.IMAGES.name(Topic.DEFAULT_PREFIX),
        partition,
        Topic.IMAGES.key(here).getBytes(StandardCharsets.UTF_8),
        CODEC.encode(here));
  }

  /** The record of a marker, signed with a key of the client's own that has the id of the job's. */
  public static ProducerRecord<byte[], byte[]> signed(CutMarker marker, int partition) {
    ProducerRecord<byte[], byte[]> record = unsigned(marker, partition);
    RecordSignature signature =
        ownKey().sign(new SignedPlace(record.topic(), partition, record.value()));
    record.headers().add(RecordSignature.HEADER, signature.header());
    return record;
  }

  private static SigningKey ownKey() {
    try {
      Path directory = Files.createTempDirectory("forged");
      KeyFiles files = KeyFiles.in(directory, "local");
      files.create();
      SigningKey key = SigningKey.read("local", Files.readString(files.signing()));
      Files.delete(files.signing());
      Files.delete(files.verify());
      Files.delete(directory);
      return key;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
