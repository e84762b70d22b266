package io.relook.schemas;

import io.relook.schemas.Decoding.Code;
import io.relook.schemas.Decoding.Decoded;
import io.relook.schemas.Decoding.Undecodable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Records to bytes and back, in Avro's single-object encoding (Avro specification 1.12,
 * "Single-object encoding"). Safe for use by many threads.
 *
 * <p>{@link #decode} is total: it returns for any bytes and never throws. {@link MessageShape}
 * walks the message before Avro reads it, so a wrong length never makes Avro allocate memory.
 */
public final class MessageCodec {
  private static final int MARKER = 0xC301;
  private static final int HEADER = 2 + Long.BYTES;

  private final SchemaStore schemas;
  private final Map<Class<?>, BinaryMessageEncoder<SpecificRecord>> encoders =
      new ConcurrentHashMap<>();
  private final Map<Long, DatumReader<SpecificRecord>> readers = new ConcurrentHashMap<>();

  public MessageCodec(SchemaStore schemas) {
    this.schemas = schemas;
  }

  /** A codec that knows every schema of this build. */
  public static MessageCodec standard() {
    return new MessageCodec(SchemaStore.standard());
  }

  /**
   * The record as a message.
   *
   * @throws NullPointerException when a field that must have a value has none
   */
  public byte[] encode(SpecificRecord record) {
    BinaryMessageEncoder<SpecificRecord> encoder =
        encoders.computeIfAbsent(
            record.getClass(),
            type -> new BinaryMessageEncoder<>(SpecificData.getForClass(type), record.getSchema()));
    try {
      ByteBuffer message = encoder.encode(record);
      byte[] bytes = new byte[message.remaining()];
      message.get(bytes);
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed", e);
    }
  }

  /**
   * The record in a message of a topic, resolved from the schema it was written with to the class
   * of this build.
   *
   * @param message the value of the message; callers handle tombstones of compacted topics before
   */
  public Decoding decode(Topic topic, byte @Nullable [] message) {
    if (message == null || message.length == 0) {
      return new Undecodable(
          Code.EMPTY, "The message has no value; send one record of " + allowed(topic) + ".");
    }
    ByteBuffer header = ByteBuffer.wrap(message).order(ByteOrder.BIG_ENDIAN);
    if (message.length < HEADER || Short.toUnsignedInt(header.getShort()) != MARKER) {
      return new Undecodable(
          Code.NOT_SINGLE_OBJECT,
          "The message does not begin with C3 01 and a schema fingerprint; write it in Avro's "
              + "single-object encoding, without a schema registry's prefix.");
    }
    long fingerprint = header.order(ByteOrder.LITTLE_ENDIAN).getLong();
    Optional<SchemaStore.WriterSchema> known = schemas.find(fingerprint);
    if (known.isEmpty()) {
      return new Undecodable(
          Code.UNKNOWN_SCHEMA,
          "No schema with the fingerprint %016x is known here; write with a checked-in version, or "
                  .formatted(fingerprint)
              + "upgrade the reader before the writer.");
    }
    SchemaStore.WriterSchema writer = known.get();
    if (!topic.records().contains(writer.recordClass())) {
      return new Undecodable(
          Code.WRONG_RECORD,
          "A %s does not belong on the topic %s, which takes %s."
              .formatted(writer.recordClass().getSimpleName(), topic.suffix(), allowed(topic)));
    }
    Optional<String> flaw = MessageShape.flaw(writer.schema(), message, HEADER);
    if (flaw.isPresent()) {
      return new Undecodable(
          Code.MALFORMED,
          "The bytes do not follow the schema of %s: %s."
              .formatted(writer.recordClass().getSimpleName(), flaw.get()));
    }
    try {
      DatumReader<SpecificRecord> reader =
          readers.computeIfAbsent(fingerprint, ignored -> reader(writer));
      BinaryDecoder decoder =
          DecoderFactory.get().binaryDecoder(message, HEADER, message.length - HEADER, null);
      @Nullable SpecificRecord none = null;
      return new Decoded(read(reader, none, decoder));
    } catch (IOException | RuntimeException e) {
      // The walk has checked the bytes, so only Avro's own limits lead here. The message is at
      // fault, not the reader.
      return new Undecodable(
          Code.MALFORMED,
          "Avro cannot read this %s: %s"
              .formatted(writer.recordClass().getSimpleName(), e.getMessage()));
    }
  }

  // DatumReader has no annotations: its first argument is a record to reuse, or null.
  @SuppressWarnings("NullAway")
  private static SpecificRecord read(
      DatumReader<SpecificRecord> reader, @Nullable SpecificRecord reuse, BinaryDecoder decoder)
      throws IOException {
    return reader.read(reuse, decoder);
  }

  private static DatumReader<SpecificRecord> reader(SchemaStore.WriterSchema writer) {
    Schema readSchema = SchemaStore.current(writer.recordClass());
    return new SpecificDatumReader<>(
        writer.schema(), readSchema, SpecificData.getForClass(writer.recordClass()));
  }

  private static String allowed(Topic topic) {
    return topic.records().stream().map(Class::getSimpleName).collect(Collectors.joining(", "));
  }
}
