package io.relook.bench.load;

import io.relook.client.ImagesProducer;
import io.relook.client.RelookConnection;
import io.relook.client.TopicReader;
import io.relook.schemas.Topic;
import io.relook.wire.DatasetDescription;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Sends images and counts those that the data sets have announced. Not safe for use by several
 * threads.
 *
 * <p>Images go to the projects in turn, in runs of {@value #RUN}, so that each data set announces
 * often.
 */
final class ImageLoad implements AutoCloseable {
  private static final int RUN = 50;

  /** Makes the bytes of the picture with a number. */
  interface Pictures {
    byte[] bytes(long number);
  }

  private final String account;
  private final String prefix;
  private final int projects;
  private final Pictures pictures;
  private final ImagesProducer producer;
  private final TopicReader datasets;
  private final Map<String, Long> announced = new HashMap<>();
  private long sent;

  ImageLoad(RelookConnection relook, String prefix, int projects, Pictures pictures) {
    this.account = relook.settings().account();
    this.prefix = prefix;
    this.projects = projects;
    this.pictures = pictures;
    this.producer = relook.images();
    this.datasets = relook.read(Topic.DATASETS, TopicReader.From.END);
  }

  /** Sends a number of images, and returns when the broker has them. */
  void send(int count) {
    CompletableFuture<?>[] acknowledged = new CompletableFuture<?>[count];
    for (int i = 0; i < count; i++) {
      acknowledged[i] =
          producer.send(
              LabeledImage.newBuilder()
                  .setAccount(account)
                  .setProject(prefix + sent / RUN % projects)
                  .setSourceRef("image-" + sent)
                  .setLabel(sent % 4 == 0 ? Label.ANOMALY : Label.NORMAL)
                  .setDataset(DatasetType.TRAIN)
                  .setImageBytes(ByteBuffer.wrap(pictures.bytes(sent)))
                  .build());
      sent++;
    }
    producer.flush();
    CompletableFuture.allOf(acknowledged).join();
  }

  long sent() {
    return sent;
  }

  /** Images in the data sets, by their announcements until now. */
  long taken(Duration wait) {
    for (TopicReader.Message message : datasets.poll(wait)) {
      message
          .decoded()
          .map(DatasetDescription.class::cast)
          .filter(dataset -> dataset.getProjectName().startsWith(prefix))
          .ifPresent(
              dataset ->
                  announced.put(
                      dataset.getProjectName(), (long) dataset.getImageStats().getTotal()));
    }
    return announced.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public void close() {
    producer.close();
    datasets.close();
  }
}
