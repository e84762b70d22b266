package io.relook.chaos.guarantee;

import io.relook.chaos.guarantee.Observation.Acknowledged;
import io.relook.chaos.guarantee.Observation.Manifest;
import io.relook.chaos.guarantee.Observation.ManifestLine;
import io.relook.chaos.guarantee.Observation.Place;
import io.relook.chaos.guarantee.Observation.Read;
import io.relook.schemas.Sha256;
import io.relook.schemas.Topic;
import io.relook.wire.CutMarker;
import io.relook.wire.ImageRetry;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.ModelMetadata;
import io.relook.wire.Rejection;
import io.relook.wire.S3Object;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;

/**
 * Every image, label and withdrawal takes effect exactly once, or ends in exactly one rejection.
 * The training manifest of every model equals a replay of the log up to that model's markers, image
 * by image with label and bytes. Rejected are exactly the messages that this replay cannot apply.
 *
 * <p>This relies on the load of the suite: a source reference always goes to the same partition,
 * the pictures that cannot be decoded have a source reference that begins with {@link #BROKEN}, and
 * markers that the job did not write have a cut id that begins with {@link #FORGED}.
 */
public final class ImagesTakenOnce implements Guarantee {
  /** Source references of pictures that are damaged on purpose begin with this. */
  public static final String BROKEN = "broken/";

  /** Ids of cuts whose markers the job did not write begin with this. */
  public static final String FORGED = "forged-";

  private final Set<Place> acknowledged = new LinkedHashSet<>();
  private final Map<Place, Entry> log = new LinkedHashMap<>();
  private final Map<Place, Integer> rejections = new LinkedHashMap<>();
  private final Map<String, Map<Integer, Long>> cuts = new HashMap<>();
  private final Map<String, String> cutOfModel = new HashMap<>();
  private final Map<String, String> projectOfModel = new HashMap<>();
  private final Map<String, Integer> leftOut = new HashMap<>();
  private final Map<String, List<ManifestLine>> manifests = new TreeMap<>();

  /** The effect of one message, with the digest of its picture. */
  private record Entry(String project, Kind kind, String sourceRef, Label label, String digest) {}

  private enum Kind {
    RETRY,
    PICTURE,
    LABEL,
    WITHDRAWAL,
    MARKER,
    FORGED_MARKER,
    UNDECODABLE
  }

  /** An image in a replayed data set. */
  private record Image(Label label, String digest) {}

  @Override
  public String sentence() {
    return "every acknowledged image takes effect exactly once or has exactly one rejection";
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Acknowledged ack && ack.topic() == Topic.IMAGES) {
      acknowledged.add(new Place(ack.topic(), ack.partition(), ack.offset()));
    } else if (observation instanceof Manifest manifest) {
      manifests.put(manifest.modelArn(), manifest.lines());
    } else if (observation instanceof Read read) {
      if (read.topic() == Topic.IMAGES) {
        image(new Place(read.topic(), read.partition(), read.offset()), read.record());
      } else if (read.topic() == Topic.MODELS
          && read.record().orElse(null) instanceof ModelMetadata model) {
        leftOut.put(model.getModelArn(), leftOut(model));
      } else if (read.topic() == Topic.REJECTIONS && read.record().isPresent()) {
        Rejection rejection = (Rejection) read.record().get();
        if (rejection.getTopic().endsWith(Topic.IMAGES.suffix())) {
          rejections.merge(
              new Place(Topic.IMAGES, rejection.getPartition(), rejection.getOffset()),
              1,
              Integer::sum);
        }
      }
    }
  }

  private void image(Place place, Optional<SpecificRecord> record) {
    Entry entry;
    if (record.isEmpty()) {
      entry = new Entry("", Kind.UNDECODABLE, "", Label.NONE, "");
    } else if (record.get() instanceof LabeledImage image) {
      S3Object location = image.getImageLocation();
      boolean picture = image.getImageBytes() != null || location != null;
      entry =
          new Entry(
              image.getProject(),
              picture ? Kind.PICTURE : Kind.LABEL,
              image.getSourceRef(),
              image.getLabel(),
              location != null
                  ? location.getKey().replace(".png", "")
                  : picture ? digest(image.getImageBytes()) : "");
    } else if (record.get() instanceof ImageWithdrawal withdrawal) {
      entry =
          new Entry(
              withdrawal.getProject(), Kind.WITHDRAWAL, withdrawal.getSourceRef(), Label.NONE, "");
    } else if (record.get() instanceof ImageRetry retry) {
      entry = new Entry(retry.getProject(), Kind.RETRY, retry.getSourceRef(), Label.NONE, "");
    } else {
      CutMarker marker = (CutMarker) record.get();
      if (marker.getCutId().startsWith(FORGED)) {
        log.put(place, new Entry(marker.getProject(), Kind.FORGED_MARKER, "", Label.NONE, ""));
        return;
      }
      entry = new Entry(marker.getProject(), Kind.MARKER, "", Label.NONE, "");
      cuts.computeIfAbsent(marker.getCutId(), id -> new HashMap<>())
          .putIfAbsent(place.partition(), place.offset());
      ModelMetadata model = marker.getModel();
      if (model != null && model.getStatus() == io.relook.wire.ModelStatus.TRAINING) {
        cutOfModel.put(model.getModelArn(), marker.getCutId());
        projectOfModel.put(model.getModelArn(), marker.getProject());
      }
    }
    log.put(place, entry);
  }

  private static String digest(ByteBuffer picture) {
    byte[] bytes = new byte[picture.remaining()];
    picture.duplicate().get(bytes);
    return Sha256.hex(bytes);
  }

  @Override
  public List<String> violations() {
    List<String> violations = new ArrayList<>();
    for (Place place : acknowledged) {
      if (!log.containsKey(place)) {
        violations.add("The image " + place + " was acknowledged and is not in the log.");
      }
    }
    Set<Place> rejected = rejectedByReplay();
    Set<Place> superseded = superseded();
    for (Place place : log.keySet()) {
      if (superseded.contains(place) && !rejections.containsKey(place)) {
        continue;
      }
      int wanted = rejected.contains(place) ? 1 : 0;
      int found = rejections.getOrDefault(place, 0);
      if (wanted != found) {
        violations.add(
            "The message %s (%s) has %d rejections, not %d."
                .formatted(place, log.get(place), found, wanted));
      }
    }
    for (Place place : rejections.keySet()) {
      if (!log.containsKey(place)) {
        violations.add("A rejection names " + place + ", which is not in the log.");
      }
    }
    manifests.forEach((arn, lines) -> violations.addAll(differences(arn, lines)));
    return violations;
  }

  /**
   * Damaged pictures that a later one of the same name may have replaced before they were read,
   * when the store did not serve: such a picture is never looked at.
   */
  private Set<Place> superseded() {
    Map<String, Place> last = new HashMap<>();
    Set<Place> superseded = new LinkedHashSet<>();
    log.forEach(
        (place, entry) -> {
          if (entry.kind() == Kind.PICTURE && entry.sourceRef().startsWith(BROKEN)) {
            Place before = last.put(entry.project() + "\n" + entry.sourceRef(), place);
            if (before != null) {
              superseded.add(before);
            }
          }
        });
    return superseded;
  }

  /** How many labelled images a model was trained without, as its event says. */
  public static int leftOut(ModelMetadata model) {
    String sentence =
        model.getProvenance() == null
            ? null
            : model.getProvenance().getSettings().get("training.left-out");
    return sentence == null ? 0 : Integer.parseInt(sentence.substring(0, sentence.indexOf(' ')));
  }

  /** Key under which a picture lies in a bucket: named by its digest. */
  public static String key(byte[] picture) {
    return Sha256.hex(picture) + ".png";
  }

  /** Messages that must be rejected, by a replay of the whole log in the order of reading. */
  private Set<Place> rejectedByReplay() {
    Set<Place> rejected = new LinkedHashSet<>();
    Set<String> known = new TreeSet<>();
    log.forEach(
        (place, entry) -> {
          String name = entry.project() + "\n" + entry.sourceRef();
          switch (entry.kind()) {
            case UNDECODABLE, FORGED_MARKER -> rejected.add(place);
            case PICTURE -> {
              if (entry.sourceRef().startsWith(BROKEN)) {
                rejected.add(place);
              } else {
                known.add(name);
              }
            }
            case LABEL -> {
              if (!known.contains(name)) {
                rejected.add(place);
              }
            }
            case WITHDRAWAL -> {
              if (!known.remove(name)) {
                rejected.add(place);
              }
            }
            case MARKER, RETRY -> {}
          }
        });
    return rejected;
  }

  private List<String> differences(String arn, List<ManifestLine> lines) {
    String cut = cutOfModel.get(arn);
    if (cut == null) {
      return List.of("The model " + arn + " was trained without a marker in the log.");
    }
    Map<String, String> wanted = new TreeMap<>();
    String project = projectOfModel.getOrDefault(arn, "");
    replay(project, cuts.getOrDefault(cut, Map.of()))
        .forEach(
            (ref, image) -> {
              if (image.label() != Label.NONE) {
                wanted.put(ref, text(image.label().name(), image.digest()));
              }
            });
    List<String> violations = new ArrayList<>();
    Map<String, String> found = new TreeMap<>();
    for (ManifestLine line : lines) {
      if (found.put(line.sourceRef(), text(line.label(), line.digest())) != null) {
        violations.add(arn + " was trained on " + line.sourceRef() + " twice.");
      }
    }
    Set<String> missing = new TreeSet<>(wanted.keySet());
    missing.removeAll(found.keySet());
    if (missing.size() == leftOut.getOrDefault(arn, 0)) {
      // The event says how many images could not be read; it does not say which.
      missing.forEach(wanted::remove);
    }
    Set<String> all = new TreeSet<>(wanted.keySet());
    all.addAll(found.keySet());
    for (String ref : all) {
      String want = wanted.getOrDefault(ref, "nothing");
      String have = found.getOrDefault(ref, "nothing");
      if (!want.equals(have)) {
        violations.add(
            "%s (cut %s) was trained on %s as %s; its log says %s."
                .formatted(arn, cut, ref, have, want));
      }
    }
    return violations;
  }

  private static String text(String label, String digest) {
    return label.toLowerCase(Locale.ROOT) + " " + digest;
  }

  /** The data set of a project, replayed from the log before these markers. */
  private Map<String, Image> replay(String project, Map<Integer, Long> markers) {
    Map<String, Image> images = new TreeMap<>();
    log.forEach(
        (place, entry) -> {
          if (!entry.project().equals(project)
              || place.offset() >= markers.getOrDefault(place.partition(), 0L)) {
            return;
          }
          switch (entry.kind()) {
            case PICTURE -> {
              if (!entry.sourceRef().startsWith(BROKEN)) {
                images.put(entry.sourceRef(), new Image(entry.label(), entry.digest()));
              }
            }
            case LABEL ->
                images.computeIfPresent(
                    entry.sourceRef(), (ref, old) -> new Image(entry.label(), old.digest()));
            case WITHDRAWAL -> images.remove(entry.sourceRef());
            case MARKER, FORGED_MARKER, UNDECODABLE, RETRY -> {}
          }
        });
    return images;
  }

  @Override
  public String checked() {
    long markers = log.values().stream().filter(entry -> entry.kind() == Kind.MARKER).count();
    return "%d messages, %d of them acknowledged; %d rejections; %d training manifests"
        .formatted(log.size() - markers, acknowledged.size(), rejections.size(), manifests.size());
  }
}
