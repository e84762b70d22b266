package io.relook.learning.incremental;

import io.relook.learning.statistics.PictureSetStatistics;
import io.relook.learning.statistics.StatisticsExtractor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a training leaves for the next one: the statistics of the good pictures of each fold, in
 * which every patch knows its picture, and the out-of-fold statistics of all pictures. It holds
 * neither pictures nor names nor features, but digests of pictures, at most 1,000 patch vectors per
 * fold and space, and sums.
 *
 * <p>Stored form, big endian: magic {@code RLKT}, version (byte), the members in order, SHA-256 of
 * all bytes before. Equal states give equal bytes. With 16,000 pictures it has about 20 MB.
 *
 * @param fingerprint the settings that must be equal for another training to build on this one
 * @param sinceRefit of the training that wrote the state
 * @param pictureWidth columns of the pictures
 * @param pictureHeight rows of the pictures
 * @param folds of the good pictures
 * @param good out-of-fold statistics of good pictures, by content digest
 * @param anomalous the same of anomalous pictures
 */
public record TrainingState(
    String fingerprint,
    SinceRefit sinceRefit,
    int pictureWidth,
    int pictureHeight,
    List<Fold> folds,
    Map<String, Scored> good,
    Map<String, Scored> anomalous) {

  private static final int MAGIC = 0x524c4b54;
  private static final byte VERSION = 1;
  private static final int MAX_PICTURES = 1_000_000;
  private static final int MAX_FOLDS = 100;

  public TrainingState {
    folds = List.copyOf(folds);
    good = new TreeMap<>(good);
    anomalous = new TreeMap<>(anomalous);
  }

  /**
   * The good pictures of one fold.
   *
   * @param pictures their content digests, sorted; the owners of patches are indices of this list
   * @param statistics of all of them
   */
  public record Fold(List<String> pictures, PictureSetStatistics statistics) {
    public Fold {
      pictures = List.copyOf(pictures);
    }
  }

  /**
   * The statistics of a picture by detectors that were fitted without it.
   *
   * @param generation {@link SinceRefit#trainings} of the training that scored it
   * @param statistics of all detectors, [columns]
   */
  @SuppressWarnings("ArrayRecordComponent") // not compared
  public record Scored(int generation, double[] statistics) {}

  /** The stored form. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeInt(MAGIC);
      out.writeByte(VERSION);
      out.writeUTF(fingerprint);
      out.writeInt(sinceRefit.trainings());
      out.writeInt(sinceRefit.goodPictures());
      out.writeInt(sinceRefit.changes());
      out.writeInt(pictureWidth);
      out.writeInt(pictureHeight);
      out.writeInt(folds.size());
      for (Fold fold : folds) {
        out.writeInt(fold.pictures.size());
        for (String picture : fold.pictures) {
          out.writeUTF(picture);
        }
        fold.statistics.writeTo(out);
      }
      write(out, good);
      write(out, anomalous);
      out.flush();
      bytes.write(sha256(bytes.toByteArray(), bytes.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, Map<String, Scored> scored) throws IOException {
    out.writeInt(scored.size());
    for (Map.Entry<String, Scored> entry : scored.entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeInt(entry.getValue().generation);
      out.writeByte(entry.getValue().statistics.length);
      for (double statistic : entry.getValue().statistics) {
        out.writeDouble(statistic);
      }
    }
  }

  /**
   * Reads the stored form.
   *
   * @throws IOException if the bytes are damaged or of another version
   */
  public static TrainingState fromBytes(byte[] bytes, StatisticsExtractor statisticsExtractor)
      throws IOException {
    int length = bytes.length - 32;
    if (length < 5
        || !Arrays.equals(sha256(bytes, length), Arrays.copyOfRange(bytes, length, bytes.length))) {
      throw new IOException("The bytes are not the state of a training, or they are damaged.");
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, length));
    if (in.readInt() != MAGIC || in.readByte() != VERSION) {
      throw new IOException(
          "The state has another format; this program reads version %d.".formatted(VERSION));
    }
    String fingerprint = in.readUTF();
    SinceRefit sinceRefit = new SinceRefit(in.readInt(), in.readInt(), in.readInt());
    int width = in.readInt();
    int height = in.readInt();
    int count = bounded(in.readInt(), MAX_FOLDS);
    List<Fold> folds = new ArrayList<>();
    for (int f = 0; f < count; f++) {
      int size = bounded(in.readInt(), MAX_PICTURES);
      List<String> pictures = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        pictures.add(in.readUTF());
      }
      folds.add(new Fold(pictures, statisticsExtractor.readSet(in, size)));
    }
    TrainingState state =
        new TrainingState(
            fingerprint, sinceRefit, width, height, folds, readScored(in), readScored(in));
    if (in.available() > 0) {
      throw new IOException("Bytes follow the state.");
    }
    return state;
  }

  private static Map<String, Scored> readScored(DataInputStream in) throws IOException {
    int count = bounded(in.readInt(), MAX_PICTURES);
    Map<String, Scored> scored = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String picture = in.readUTF();
      int generation = in.readInt();
      double[] statistics = new double[in.readUnsignedByte()];
      for (int c = 0; c < statistics.length; c++) {
        statistics[c] = in.readDouble();
      }
      scored.put(picture, new Scored(generation, statistics));
    }
    return scored;
  }

  private static int bounded(int count, int max) throws IOException {
    if (count < 0 || count > max) {
      throw new IOException(
          "The state is damaged: it has a list of %d elements; 0 to %d are possible."
              .formatted(count, max));
    }
    return count;
  }

  private static byte[] sha256(byte[] bytes, int length) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes, 0, length);
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256.", e);
    }
  }
}
