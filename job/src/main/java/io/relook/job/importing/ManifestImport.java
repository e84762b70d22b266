package io.relook.job.importing;

import io.relook.job.domain.ImportRequest;
import io.relook.job.importing.ManifestReader.Result;
import io.relook.job.quarantine.PoisonMessageException;
import io.relook.job.quarantine.PoisonMessages;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.schemas.access.AccessControl;
import io.relook.schemas.manifest.GroundTruthLine;
import io.relook.wire.DatasetOutcome;
import io.relook.wire.DatasetOutcomeKind;
import io.relook.wire.DatasetType;
import io.relook.wire.LabeledImage;
import io.relook.wire.S3Object;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one import: reads a manifest from the store and returns the images it names. */
final class ManifestImport {
  private static final Logger LOG = LoggerFactory.getLogger(ManifestImport.class);

  private final ObjectStore store;
  private final ImportSettings settings;
  private final AccessControl access;
  private final Clock clock;

  /**
   * @param access what the sender of the command may have read
   */
  ManifestImport(ObjectStore store, ImportSettings settings, AccessControl access, Clock clock) {
    this.store = store;
    this.settings = settings;
    this.access = access;
    this.clock = clock;
  }

  /**
   * Runs the import.
   *
   * @throws java.io.UncheckedIOException when the store could not be reached
   */
  Import run(ImportRequest request) {
    int images =
        request.dataset() == DatasetType.TRAIN
            ? settings.maxTrainImages()
            : settings.maxTestImages();
    // A longer manifest has too many images in any case, and must not fill the heap.
    long most =
        Math.min(
            settings.maxBytes(request.operation()), images * (GroundTruthLine.MAX_LENGTH + 1L));
    byte[] manifest;
    try {
      manifest = store.get(request.manifest(), most);
    } catch (ObjectUnavailableException e) {
      return rejected(
          request,
          e.reason() == ObjectUnavailableException.Reason.TOO_LARGE
              ? "The manifest "
                  + uri(request)
                  + " has more than "
                  + most
                  + " bytes: split it, or leave some images out."
              : "The manifest "
                  + uri(request)
                  + " cannot be read: "
                  + e.getMessage()
                  + " Put it there, or allow relook to read it.");
    }
    Result result;
    try {
      result =
          PoisonMessages.pure("reading it", () -> ManifestReader.read(request, manifest, images));
    } catch (PoisonMessageException e) {
      LOG.error("Reading the manifest {} failed", uri(request), e);
      return rejected(
          request,
          "The manifest "
              + uri(request)
              + " made relook fail ("
              + (e.getCause() == null ? e : e.getCause()).getClass().getSimpleName()
              + "). This is a defect of relook: report it with the manifest.");
    }
    if (result instanceof Result.Images read) {
      Optional<String> forbidden =
          read.images().stream().flatMap(image -> forbidden(request, image).stream()).findFirst();
      if (forbidden.isPresent()) {
        return rejected(
            request, "The manifest " + uri(request) + " is refused: " + forbidden.get());
      }
      DatasetOutcome outcome =
          outcome(request, DatasetOutcomeKind.IMPORTED, String.join(" ", read.findings()));
      outcome.setLines(read.images().size());
      return new Import(read.images(), outcome);
    }
    return rejected(request, ((Result.Rejected) result).sentence());
  }

  private Optional<String> forbidden(ImportRequest request, LabeledImage image) {
    return forbidden(request, "source-ref", image.getImageLocation())
        .or(() -> forbidden(request, "the mask reference", image.getMaskLocation()));
  }

  private Optional<String> forbidden(
      ImportRequest request, String member, @Nullable S3Object location) {
    return location == null
        ? Optional.empty()
        : access.read(
            request.account(),
            request.caller(),
            request.operation(),
            request.project(),
            member,
            location);
  }

  Import timedOut(ImportRequest request) {
    return rejected(
        request, "Reading the manifest " + uri(request) + " took too long: check the store.");
  }

  private Import rejected(ImportRequest request, String sentence) {
    String then =
        request.operation().equals("CreateDataset")
            ? " Nothing was imported: correct this, delete the data set and create it again."
            : " Nothing was imported: correct this and send the command again.";
    return new Import(
        List.of(), outcome(request, DatasetOutcomeKind.IMPORT_REFUSED, sentence + then));
  }

  private DatasetOutcome outcome(ImportRequest request, DatasetOutcomeKind kind, String message) {
    return DatasetOutcome.newBuilder()
        .setAccount(request.account())
        .setProjectName(request.project())
        .setDatasetType(request.dataset())
        .setCutId(request.cutId())
        .setKind(kind)
        .setMessage(message)
        .setEndedAt(clock.instant())
        .build();
  }

  private static String uri(ImportRequest request) {
    return "s3://" + request.manifest().getBucket() + "/" + request.manifest().getKey();
  }
}
