package io.relook.schemas;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * Walks a message's bytes along its writer's schema, and allocates nothing whose size a length in
 * the message could decide. Avro's own decoder has only global limits, set by system properties,
 * and skips negative lengths. Here every length is compared with the bytes that are left.
 *
 * <p>Encoding: Avro specification 1.12, "Binary encoding". Cost: one pass, about a nanosecond a
 * byte outside of long byte fields, which are skipped.
 */
final class MessageShape {
  private final byte[] bytes;
  private int position;

  private MessageShape(byte[] bytes, int position) {
    this.bytes = bytes;
    this.position = position;
  }

  /**
   * What is wrong with the bytes from {@code start} to the end as one value of the schema, or
   * nothing.
   */
  static Optional<String> flaw(Schema schema, byte[] bytes, int start) {
    MessageShape shape = new MessageShape(bytes, start);
    try {
      shape.value(schema, schema.getName());
      if (shape.position != bytes.length) {
        return Optional.of(
            "%d bytes are left over after the record".formatted(bytes.length - shape.position));
      }
      return Optional.empty();
    } catch (Flaw flaw) {
      return Optional.of(flaw.sentence);
    }
  }

  private void value(Schema schema, String field) throws Flaw {
    switch (schema.getType()) {
      case RECORD -> {
        for (Schema.Field member : schema.getFields()) {
          value(member.schema(), member.name());
        }
      }
      case UNION -> {
        int branch = index(schema.getTypes().size(), "union branch", field);
        value(schema.getTypes().get(branch), field);
      }
      case ENUM -> index(schema.getEnumSymbols().size(), "enum symbol", field);
      case ARRAY -> blocks(schema.getElementType(), false, field);
      case MAP -> blocks(schema.getValueType(), true, field);
      case STRING -> text(field);
      case BYTES -> skip(length(field), field);
      case FIXED -> skip(schema.getFixedSize(), field);
      case INT -> {
        long value = varint(field);
        if (value != (int) value) {
          throw new Flaw("the field " + field + " holds a number too large for an int");
        }
      }
      case LONG -> varint(field);
      case FLOAT -> skip(Float.BYTES, field);
      case DOUBLE -> skip(Double.BYTES, field);
      case BOOLEAN -> {
        skip(1, field);
        if (bytes[position - 1] != 0 && bytes[position - 1] != 1) {
          throw new Flaw("the field " + field + " is neither true nor false");
        }
      }
      case NULL -> {}
    }
  }

  private int index(int choices, String what, String field) throws Flaw {
    long index = varint(field);
    if (index < 0 || index >= choices) {
      throw new Flaw("the field %s names %s %d of %d".formatted(field, what, index, choices));
    }
    return (int) index;
  }

  private void blocks(Schema element, boolean keyed, String field) throws Flaw {
    while (true) {
      long count = varint(field);
      if (count == 0) {
        return;
      }
      if (count < 0) {
        // A negative count is followed by the block's size in bytes.
        count = -count;
        length(field);
      }
      // Every element of relook's schemas takes a byte or more. Long.MIN_VALUE stays negative when
      // negated.
      if (count < 0 || count > bytes.length - position) {
        throw new Flaw(
            "the field %s claims %d elements in the %d bytes that are left"
                .formatted(field, count, bytes.length - position));
      }
      for (long i = 0; i < count; i++) {
        if (keyed) {
          text(field);
        }
        value(element, field);
      }
    }
  }

  private void text(String field) throws Flaw {
    int length = length(field);
    int start = position;
    skip(length, field);
    try {
      // Avro would silently replace invalid bytes with U+FFFD and so change an identity.
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, start, length));
    } catch (CharacterCodingException e) {
      throw new Flaw("the field " + field + " is not valid UTF-8");
    }
  }

  private int length(String field) throws Flaw {
    long length = varint(field);
    if (length < 0 || length > bytes.length - position) {
      throw new Flaw(
          "the field %s claims %d bytes where %d are left"
              .formatted(field, length, bytes.length - position));
    }
    return (int) length;
  }

  private void skip(int length, String field) throws Flaw {
    if (length > bytes.length - position) {
      throw new Flaw("it ends within the field " + field);
    }
    position += length;
  }

  private long varint(String field) throws Flaw {
    long raw = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (position == bytes.length) {
        throw new Flaw("it ends within the field " + field);
      }
      byte next = bytes[position++];
      raw |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return (raw >>> 1) ^ -(raw & 1);
      }
    }
    throw new Flaw("the field " + field + " holds a number of more than 64 bits");
  }

  /** Ends the walk. It has no stack trace, since wrong messages may arrive in great numbers. */
  private static final class Flaw extends Exception {
    private static final long serialVersionUID = 1L;
    final String sentence;

    Flaw(String sentence) {
      super(sentence, null, false, false);
      this.sentence = sentence;
    }
  }
}
