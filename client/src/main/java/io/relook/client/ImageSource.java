package io.relook.client;

import io.relook.client.RelookException.Kind;
import io.relook.wire.AnnotationMetadata;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.MaskColor;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An image to send, whose bytes are not read yet.
 *
 * @param sourceRef identity within the project
 * @param dataset the data set that its place names, if any
 * @param colorMap colours of the mask; empty without one
 */
public record ImageSource(
    String sourceRef,
    Content picture,
    Label label,
    Optional<String> defectClass,
    Optional<DatasetType> dataset,
    Optional<Content> mask,
    List<MaskColor> colorMap,
    Optional<AnnotationMetadata> annotation) {

  public ImageSource {
    colorMap = List.copyOf(colorMap);
  }

  /** The place of bytes. */
  public sealed interface Content {
    /** A file on this machine. */
    record LocalFile(Path path) implements Content {}

    /** Bytes that are made when the message is. */
    record Made(Supplier<byte[]> bytes) implements Content {}

    /** An object in S3, which the job reads. */
    record InStore(S3Object object) implements Content {}
  }

  /**
   * Reads the files of this image and makes its message.
   *
   * @param dataset for an image whose place names none
   * @throws RelookException when a file cannot be read
   */
  public LabeledImage toMessage(String account, String project, DatasetType dataset) {
    LabeledImage.Builder image =
        LabeledImage.newBuilder()
            .setAccount(account)
            .setProject(project)
            .setSourceRef(sourceRef)
            .setLabel(label)
            .setDefectClass(defectClass.orElse(null))
            .setDataset(this.dataset.orElse(dataset))
            .setColorMap(colorMap)
            .setAnnotation(annotation.orElse(null));
    if (picture instanceof Content.LocalFile file) {
      image.setImageBytes(read(file.path()));
    } else if (picture instanceof Content.Made made) {
      image.setImageBytes(ByteBuffer.wrap(made.bytes().get()));
    } else if (picture instanceof Content.InStore stored) {
      image.setImageLocation(stored.object());
    }
    mask.ifPresent(
        content -> {
          if (content instanceof Content.LocalFile file) {
            image.setMaskBytes(read(file.path()));
          } else if (content instanceof Content.Made made) {
            image.setMaskBytes(ByteBuffer.wrap(made.bytes().get()));
          } else if (content instanceof Content.InStore stored) {
            image.setMaskLocation(stored.object());
          }
        });
    return image.build();
  }

  /** This image in the given data set, regardless of its place. */
  public ImageSource in(DatasetType other) {
    return new ImageSource(
        sourceRef, picture, label, defectClass, Optional.of(other), mask, colorMap, annotation);
  }

  private static ByteBuffer read(Path file) {
    try {
      return ByteBuffer.wrap(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new RelookException(Kind.USAGE, "The file " + file + " cannot be read.", e);
    }
  }
}
