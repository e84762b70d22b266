package io.relook.job.signing;

import io.relook.job.kafka.KafkaRecord;
import io.relook.schemas.signing.KeyFiles;
import io.relook.schemas.signing.RecordSignature;
import io.relook.schemas.signing.SignedPlace;
import io.relook.schemas.signing.SigningKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** A key pair for the tests of this process. */
public final class TestMarkerKeys {
  private static final KeyFiles FILES = create();
  private static final SigningKey KEY = signing().open();

  private TestMarkerKeys() {}

  private static KeyFiles create() {
    try {
      Path directory = Files.createTempDirectory("relook-marker-keys");
      directory.toFile().deleteOnExit();
      KeyFiles files = KeyFiles.in(directory, "test");
      files.create();
      files.signing().toFile().deleteOnExit();
      files.verify().toFile().deleteOnExit();
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Signs with the key. */
  public static SigningSettings signing() {
    return new SigningSettings(
        new KeyReference("test", "file", FILES.signing().toString()), verifying().keys());
  }

  /** The record as the job writes it into the image topic. */
  public static KafkaRecord signed(KafkaRecord record) {
    RecordSignature signature =
        KEY.sign(
            new SignedPlace(
                record.topic(),
                record.partition(),
                Objects.requireNonNullElse(record.value(), new byte[0])));
    return new KafkaRecord(
        record.topic(),
        record.partition(),
        record.offset(),
        record.timestamp(),
        record.key(),
        record.value(),
        signature.header());
  }

  /** Trusts the key alone, and takes nothing without a signature. */
  public static VerificationSettings verifying() {
    return new VerificationSettings(
        List.of(new KeyReference("test", "file", FILES.verify().toString())), Long.MIN_VALUE);
  }
}
