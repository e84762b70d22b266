package io.relook.job.check;

import io.relook.job.domain.Partitioning;
import io.relook.job.domain.ProjectKey;
import io.relook.job.kafka.KeyPartition;
import io.relook.schemas.Excerpt;
import io.relook.schemas.NameLengths;
import io.relook.schemas.operation.Checks;
import io.relook.wire.AnnotationMetadata;
import io.relook.wire.CutMarker;
import io.relook.wire.ImageRetry;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.MaskColor;
import io.relook.wire.S3Object;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rules for messages of the image topic, as a flat list: each returns a sentence that names the
 * field, the rule and the fix.
 *
 * @param maxInlineBytes largest picture or mask inside a message
 * @param partitioning which partitions the images of a project may stand in
 * @param partitions number of partitions of the image topic when the job was started; 0 for not
 *     known
 */
public record ImageRules(long maxInlineBytes, Partitioning partitioning, int partitions)
    implements Serializable {

  /** Of images that may stand in any partition. */
  public ImageRules(long maxInlineBytes) {
    this(maxInlineBytes, Partitioning.ANY, 0);
  }

  /**
   * Longest time between a command and its marker. Data sets remember which commands they applied
   * for longer, so that no older marker can be applied a second time.
   */
  public static final Duration OLDEST_MARKER = Duration.ofDays(45);

  private static final Pattern ACCOUNT = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
  private static final Pattern PROJECT = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_\\-]{0,254}");
  private static final int MAX_DEFECT_CLASS = 256;
  private static final int MAX_COLORS = 256;

  /** Longest text of an annotation: each is written into every training manifest of its image. */
  private static final int MAX_ANNOTATION = 256;

  /** The first rule that an image breaks, as a sentence. */
  public Optional<String> violation(LabeledImage image) {
    return names(image.getAccount(), image.getProject(), image.getSourceRef())
        .or(
            () ->
                when(
                    image.getImageBytes() != null && image.getImageLocation() != null,
                    "imageBytes and imageLocation are both given: give one of them."))
        .or(
            () ->
                when(
                    image.getImageBytes() != null
                        && image.getImageBytes().remaining() > maxInlineBytes,
                    "imageBytes has "
                        + length(image.getImageBytes())
                        + " bytes, and "
                        + maxInlineBytes
                        + " are allowed: put the picture into S3 and send imageLocation."))
        .or(
            () ->
                when(
                    image.getMaskBytes() != null && image.getMaskLocation() != null,
                    "maskBytes and maskLocation are both given: give one of them."))
        .or(
            () ->
                when(
                    image.getMaskBytes() != null
                        && image.getMaskBytes().remaining() > maxInlineBytes,
                    "maskBytes has "
                        + length(image.getMaskBytes())
                        + " bytes, and "
                        + maxInlineBytes
                        + " are allowed: put the mask into S3 and send maskLocation."))
        .or(() -> annotation(image.getAnnotation()))
        .or(() -> location("imageLocation", image.getImageLocation()))
        .or(() -> location("maskLocation", image.getMaskLocation()))
        .or(
            () ->
                when(
                    image.getDefectClass() != null && image.getLabel() != Label.ANOMALY,
                    "defectClass is given but label is "
                        + image.getLabel()
                        + ": send label ANOMALY, or no defectClass."))
        .or(
            () ->
                when(
                    image.getColorMap().size() > MAX_COLORS,
                    "colorMap has "
                        + image.getColorMap().size()
                        + " colours: give at most "
                        + MAX_COLORS
                        + "."))
        .or(
            () ->
                image.getColorMap().stream()
                    .map(MaskColor::getClassName)
                    .filter(name -> name.isBlank() || name.length() > MAX_DEFECT_CLASS)
                    .findFirst()
                    .map(
                        name ->
                            "colorMap has the className "
                                + Excerpt.quoted(name)
                                + ": each must have 1 to "
                                + MAX_DEFECT_CLASS
                                + " characters, not all blank."))
        .or(
            () ->
                when(
                    image.getDefectClass() != null
                        && (image.getDefectClass().isEmpty()
                            || image.getDefectClass().length() > MAX_DEFECT_CLASS),
                    "defectClass is "
                        + Excerpt.quoted(image.getDefectClass())
                        + ": it must have 1 to "
                        + MAX_DEFECT_CLASS
                        + " characters."));
  }

  private static Optional<String> annotation(@Nullable AnnotationMetadata annotation) {
    return annotation == null
        ? Optional.empty()
        : tooLong("labelAttribute", annotation.getLabelAttribute())
            .or(() -> tooLong("creationDate", annotation.getCreationDate()))
            .or(() -> tooLong("jobName", annotation.getJobName()))
            .or(() -> tooLong("type", annotation.getType()));
  }

  private static Optional<String> tooLong(String member, @Nullable String text) {
    return when(
        text != null && text.length() > MAX_ANNOTATION,
        "annotation."
            + member
            + " is "
            + Excerpt.quoted(text == null ? "" : text)
            + " with "
            + (text == null ? 0 : text.length())
            + " characters: it must have at most "
            + MAX_ANNOTATION
            + ".");
  }

  /** Says that a message of a project stands in a partition that no cut of the project reaches. */
  Optional<String> misplaced(String account, String project, int partition) {
    if (partitions > 0 && partition >= partitions) {
      return Optional.of(
          "The message stands in partition "
              + partition
              + ", which was added while the job ran, and no cut reaches it: stop the job with a"
              + " savepoint, start it again from there, then resend the message.");
    }
    if (partitioning == Partitioning.ANY) {
      return Optional.empty();
    }
    String key = ProjectKey.of(account, project);
    int own = KeyPartition.of(key, partitions);
    return when(
        partition != own,
        "The message stands in partition "
            + partition
            + ", and those of the project "
            + Excerpt.of(project)
            + " belong into partition "
            + own
            + ", because images.partitioning is by-key: send it with the key "
            + Excerpt.of(key)
            + " and Kafka's own partitioner (librdkafka: partitioner=murmur2_random).");
  }

  Optional<String> violation(ImageWithdrawal withdrawal) {
    return names(withdrawal.getAccount(), withdrawal.getProject(), withdrawal.getSourceRef());
  }

  /**
   * @param partition partition that the marker stands in
   * @param appendedAt record time of the marker, in milliseconds since the epoch
   */
  Optional<String> violation(CutMarker cut, int partition, long appendedAt) {
    return names(cut.getAccount(), cut.getProject(), "cut")
        .or(
            () ->
                when(
                    cut.getPartition() != partition,
                    "The cut marker was written for partition "
                        + cut.getPartition()
                        + " but stands in partition "
                        + partition
                        + ": only the job writes cut markers."))
        .or(
            () ->
                when(
                    // A cut of one partition is written into the project's own.
                    cut.getPartitions() <= partition && cut.getPartitions() != 1,
                    "The cut marker counts "
                        + cut.getPartitions()
                        + " partitions: only the job writes cut markers."))
        .or(
            () ->
                when(
                    appendedAt - cut.getAdmittedAt().toEpochMilli() > OLDEST_MARKER.toMillis(),
                    "The command of the cut marker was admitted at "
                        + cut.getAdmittedAt()
                        + ", more than "
                        + OLDEST_MARKER.toDays()
                        + " days before the marker was written: it is not applied, because data"
                        + " sets remember for so long only which commands they applied."));
  }

  /**
   * @param partition partition that the retry stands in
   */
  Optional<String> violation(ImageRetry retry, int partition) {
    return names(retry.getAccount(), retry.getProject(), retry.getSourceRef())
        .or(
            () ->
                when(
                    retry.getPartition() != partition,
                    "The image retry was written for partition "
                        + retry.getPartition()
                        + " but stands in partition "
                        + partition
                        + ": only the job writes image retries."));
  }

  private static Optional<String> names(String account, String project, String sourceRef) {
    return when(
            !ACCOUNT.matcher(account).matches(),
            "account is "
                + Excerpt.quoted(account)
                + ": it must have 1 to 64 letters, digits, hyphens or underscores.")
        .or(
            () ->
                when(
                    !PROJECT.matcher(project).matches(),
                    "project is "
                        + Excerpt.quoted(project)
                        + ": it must have 1 to 255 letters, digits, hyphens and underscores,"
                        + " beginning with a letter or digit."))
        .or(
            () ->
                when(
                    sourceRef.isBlank() || sourceRef.length() > NameLengths.SOURCE_REF,
                    "sourceRef is "
                        + Excerpt.quoted(sourceRef)
                        + ": it must have 1 to "
                        + NameLengths.SOURCE_REF
                        + " characters, not all blank."));
  }

  private static Optional<String> location(String field, @Nullable S3Object location) {
    if (location == null) {
      return Optional.empty();
    }
    return when(
            location.getBucket().isEmpty() || location.getKey().isEmpty(),
            field + " has no bucket or no key: name both.")
        .or(() -> Checks.location(field + ".", location));
  }

  private static int length(@Nullable ByteBuffer bytes) {
    return bytes == null ? 0 : bytes.remaining();
  }

  private static Optional<String> when(boolean broken, String sentence) {
    return broken ? Optional.of(sentence) : Optional.empty();
  }
}
