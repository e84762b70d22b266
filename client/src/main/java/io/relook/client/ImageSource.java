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

/**
 * An image to be sent, its bytes not read yet.
 *
 * @param sourceRef identity within the project
 * @param dataset data set its place names, if it names one
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

  /** Where bytes are. */
  public sealed interface Content {
    /** A file here. */
    record LocalFile(Path path) implements Content {}

    /** An object in S3, which the job reads by itself. */
    record InStore(S3Object object) implements Content {}
  }

  /**
   * The message that carries this image; reads its files.
   *
   * @param dataset for images whose place names none
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
    } else if (picture instanceof Content.InStore stored) {
      image.setImageLocation(stored.object());
    }
    mask.ifPresent(
        content -> {
          if (content instanceof Content.LocalFile file) {
            image.setMaskBytes(read(file.path()));
          } else if (content instanceof Content.InStore stored) {
            image.setMaskLocation(stored.object());
          }
        });
    return image.build();
  }

  /** The same image in this data set, whatever its place says. */
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
