package io.relook.job.domain;

import io.relook.job.kafka.KafkaRecord;
import io.relook.job.s3.StoreProbe;
import io.relook.learning.statistics.PictureStatistics;
import io.relook.schemas.access.AccessControl;
import java.util.Optional;

/**
 * Every prefix of relook's own bucket: who writes below it, what lies there, and when it is
 * removed. The only place in the job that spells a prefix; {@code docs/reference/bucket.md} is
 * generated from it. Keys are made of digests and places in the log, so writing an object twice is
 * harmless.
 *
 * <p>In every method {@code project} is account/project ({@link ProjectKey}).
 */
public enum BucketLayout {
  /** Encoded pictures. */
  PICTURES(
      "pictures/",
      "ACCOUNT/PROJECT/DIGEST",
      "`extract-features`",
      "pictures that came inside a message, as they were sent, named by their SHA-256",
      "when no image refers to it: moved to trash after `erasure.delay`, erased an hour later"),
  /** Encoded masks. */
  MASKS(
      "masks/",
      "ACCOUNT/PROJECT/DIGEST",
      "`extract-features`",
      "masks, as they were sent, named by their SHA-256",
      "as `pictures/`"),
  /** Features. */
  FEATURES(
      "features/",
      "ACCOUNT/PROJECT/VERSION/DIGEST",
      "`extract-features`; `train` after a change of backbone or area",
      "features of a picture; VERSION names backbone and area",
      "as `pictures/`; those of another backbone or area after `erasure.delay` too"),
  /** Picture statistics. */
  STATISTICS(
      "summaries/",
      "ACCOUNT/PROJECT/VERSION/DIGEST-vN",
      "`extract-features`",
      "picture statistics: sampled patches, sums, averages; N is the version of their format",
      "with the features"),
  /** Training manifests. */
  MANIFESTS(
      "manifests/",
      "ACCOUNT/PROJECT/DIGEST.json",
      "`write-manifest`",
      "training manifests, one for each training",
      "`DeleteProject`"),
  /** Trained models and training states. */
  TRAININGS(
      "trainings/",
      "ACCOUNT/PROJECT/VERSION/DIGEST.onnx, .state",
      "`train`",
      "the trained model, before it is published; the training state that the next training"
          + " builds on",
      "`DeleteModel`, also of a version whose training or publication failed; `DeleteProject`"),
  /** Trash. */
  TRASH(
      "erasing/",
      "KEY",
      "`remove-objects`",
      "trash: objects that were moved here under their old key",
      "an hour after they were moved: erased, or restored when the picture is sent again"),
  /** Large rejected messages. */
  REJECTIONS(
      "rejections/",
      "TOPIC/PARTITION-OFFSET",
      "`write-command-rejections`, `write-image-rejections`",
      "bytes of rejected messages above 512 KiB",
      "a lifecycle rule of 30 days, as long as the topic keeps rejections",
      30),
  /** Quarantine of messages. */
  QUARANTINE(
      "poison/",
      "TOPIC/PARTITION-OFFSET",
      "`extract-features`",
      "in-flight markers of messages, and messages in quarantine",
      "when the message is cleared; that of a message in quarantine, so that a replay rejects it"
          + " again, when the topic does not keep the message any more, at the next start of a task"),
  /** In-flight markers of trainings. */
  IN_FLIGHT(
      "poison-trainings/",
      "STEP/CUT",
      "`write-manifest`, `train`, `publish`",
      "in-flight markers of trainings and publications",
      "at the end of the attempt; that of a training that was given up stays, and counts as long"
          + " as the topic keeps its command"),
  /** What shows whether the bucket can be read and written. */
  PROBE(
      StoreProbe.PREFIX,
      "alive",
      "`extract-features`, `retry-images`, `import-manifest`, `train`, `publish`",
      "one byte that is read or written after another object failed",
      "none: it is always the same object"),
  /** Uploads of clients. */
  UPLOADS(
      AccessControl.UPLOADS,
      "ACCOUNT/…",
      "clients (`images.location`)",
      "pictures above 512 KiB; manifests below `uploads/ACCOUNT/manifests/`. The only prefix that"
          + " messages may name, each that of its own account",
      "those below `uploads/ACCOUNT/PROJECT/` that an image names as its picture: as `pictures/`;"
          + " masks and all others: none by relook");

  private final String prefix;
  private final String below;
  private final String writer;
  private final String content;
  private final String endOfLife;
  private final int expiryDays;

  BucketLayout(String prefix, String below, String writer, String content, String endOfLife) {
    this(prefix, below, writer, content, endOfLife, 0);
  }

  BucketLayout(
      String prefix,
      String below,
      String writer,
      String content,
      String endOfLife,
      int expiryDays) {
    this.expiryDays = expiryDays;
    this.prefix = prefix;
    this.below = below;
    this.writer = writer;
    this.content = content;
    this.endOfLife = endOfLife;
  }

  /** First part of the keys, with a slash at its end. */
  public String prefix() {
    return prefix;
  }

  /** Days after which a lifecycle rule of the bucket removes objects; 0 without a rule. */
  public int expiryDays() {
    return expiryDays;
  }

  /** The row of this prefix in the table of the documentation, in Markdown. */
  public String row() {
    return "| `%s%s` | %s | %s | %s |".formatted(prefix, below, writer, content, endOfLife);
  }

  /**
   * Key of a picture that came in a message.
   *
   * @param digest of the encoded picture
   */
  public static String picture(String project, String digest) {
    return PICTURES.prefix + project + "/" + digest;
  }

  /**
   * Key of a mask.
   *
   * @param digest of the encoded mask
   */
  public static String mask(String project, String digest) {
    return MASKS.prefix + project + "/" + digest;
  }

  /**
   * Whether this picture is in relook's bucket for the project: relook's own copy, or an upload for
   * the project. Under another key it belongs to somebody else, for instance to another project.
   *
   * @param bucket relook's own bucket
   */
  public static boolean keeps(String bucket, String project, StoredPicture picture) {
    return picture.bucket().equals(bucket)
        && (picture.key().startsWith(picture(project, ""))
            || picture.key().startsWith(uploadsOf(project)));
  }

  /**
   * Whether this mask is relook's own copy for the project.
   *
   * @param bucket relook's own bucket
   */
  public static boolean keeps(String bucket, String project, Mask mask) {
    return mask.bucket().equals(bucket) && mask.key().startsWith(mask(project, ""));
  }

  /**
   * Key of the features of a picture.
   *
   * @param version names backbone and area
   * @param digest of the picture
   */
  public static String features(String project, String version, String digest) {
    return FEATURES.prefix + project + "/" + version + "/" + digest;
  }

  /** Digest of the picture that a key of a picture or of its features ends with. */
  public static String digestOf(String key) {
    return key.substring(key.lastIndexOf('/') + 1);
  }

  /** Whether an object with this key is a picture that relook keeps. */
  public static boolean isPicture(String key) {
    return key.startsWith(PICTURES.prefix);
  }

  /** Whether an object with this key holds picture statistics. */
  public static boolean isStatistics(String key) {
    return key.startsWith(STATISTICS.prefix);
  }

  /** Key of the features that belong to the statistics with this key. */
  public static String featuresOf(String statisticsKey) {
    int end = statisticsKey.lastIndexOf("-v");
    return FEATURES.prefix
        + statisticsKey.substring(
            STATISTICS.prefix.length(), end < 0 ? statisticsKey.length() : end);
  }

  /** Whether an object with this key holds features. */
  public static boolean isFeatures(String key) {
    return key.startsWith(FEATURES.prefix);
  }

  /**
   * Key of the statistics of a picture, from the key of its features. It names backbone and area
   * too, so statistics of another backbone or area are never used by mistake.
   */
  public static String statistics(String featuresKey) {
    String below =
        isFeatures(featuresKey) ? featuresKey.substring(FEATURES.prefix.length()) : featuresKey;
    return STATISTICS.prefix + below + "-v" + PictureStatistics.VERSION;
  }

  /**
   * Key of a training manifest.
   *
   * @param digest of the manifest
   */
  public static String manifest(String project, String digest) {
    return MANIFESTS.prefix + project + "/" + digest + ".json";
  }

  /**
   * Key under which a trained model waits to be published.
   *
   * @param digest of the ONNX file
   */
  public static String model(String project, String version, String digest) {
    return training(project, version, digest) + ".onnx";
  }

  /**
   * Key of the training state of a version of a project's model.
   *
   * @param digest of that version's ONNX file
   */
  public static String trainingState(String project, String version, String digest) {
    return training(project, version, digest) + ".state";
  }

  /** What the keys of all training manifests of a project begin with. */
  public static String manifestsOf(String project) {
    return MANIFESTS.prefix + project + "/";
  }

  /** What the keys of everything that trainings of a project left begin with. */
  public static String trainingsOf(String project) {
    return TRAININGS.prefix + project + "/";
  }

  /** The same of one version of the project's model. */
  public static String trainingsOf(String project, String version) {
    return trainingsOf(project) + version + "/";
  }

  /** What the keys of uploads for a project begin with, as relook's own client names them. */
  public static String uploadsOf(String project) {
    return UPLOADS.prefix + project + "/";
  }

  private static String training(String project, String version, String digest) {
    return TRAININGS.prefix + project + "/" + version + "/" + digest;
  }

  /** Key of an object in the trash. */
  public static String trash(String key) {
    return TRASH.prefix + key;
  }

  /** Key of a rejected message that is too large for its rejection. */
  public static String rejected(KafkaRecord origin) {
    return REJECTIONS.prefix + place(origin);
  }

  /** Key of the in-flight marker, or of the quarantine entry, of a message. */
  public static String quarantined(KafkaRecord origin) {
    return QUARANTINE.prefix + place(origin);
  }

  /** Topic of the message whose entry of the quarantine has this key; nothing for another key. */
  public static Optional<String> topicOfQuarantined(String key) {
    int end = key.lastIndexOf('/');
    int begin = QUARANTINE.prefix.length();
    return end > begin ? Optional.of(key.substring(begin, end)) : Optional.empty();
  }

  private static String place(KafkaRecord origin) {
    return origin.topic() + "/" + origin.partition() + "-" + origin.offset();
  }

  /**
   * Key of the in-flight marker of a step of a training.
   *
   * @param cutId cut that started the training
   */
  public static String inFlight(String step, String cutId) {
    return IN_FLIGHT.prefix + step + "/" + cutId;
  }
}
