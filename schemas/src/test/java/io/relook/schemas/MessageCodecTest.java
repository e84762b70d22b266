package io.relook.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.schemas.Decoding.Code;
import io.relook.schemas.Decoding.Decoded;
import io.relook.schemas.Decoding.Undecodable;
import io.relook.wire.Command;
import io.relook.wire.LabeledImage;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

class MessageCodecTest {
  private static final int HEADER = 10;
  private final MessageCodec codec = MessageCodec.standard();

  @Test
  void everyRecordSurvivesTheRoundTrip() {
    for (Topic topic : Topic.values()) {
      for (SpecificRecord example : Examples.all()) {
        if (topic.records().contains(example.getClass())) {
          assertThat(codec.decode(topic, codec.encode(example))).isEqualTo(new Decoded(example));
        }
      }
    }
  }

  @Test
  void everyCommandSurvivesTheRoundTrip() {
    List<SpecificRecord> bodies = Examples.commandBodies();
    Schema union = Command.getClassSchema().getField("body").schema();
    assertThat(bodies).extracting(SpecificRecord::getSchema).containsAll(union.getTypes());
    for (SpecificRecord body : bodies) {
      Command command = Examples.aCommand(body);
      assertThat(codec.decode(Topic.COMMANDS, codec.encode(command)))
          .isEqualTo(new Decoded(command));
    }
  }

  @Test
  void aMessageBeginsWithMarkerAndLittleEndianFingerprint() {
    byte[] message = codec.encode(Examples.aWithdrawal());
    assertThat(Arrays.copyOf(message, 2)).containsExactly(0xC3, 0x01);
    long fingerprint = SchemaNormalization.parsingFingerprint64(Examples.aWithdrawal().getSchema());
    for (int i = 0; i < 8; i++) {
      assertThat(message[2 + i]).isEqualTo((byte) (fingerprint >>> (8 * i)));
    }
  }

  @Test
  void aMissingValueIsRejected() {
    assertThat(codec.decode(Topic.IMAGES, null))
        .isEqualTo(
            new Undecodable(
                Code.EMPTY,
                "The message has no value; send one record of LabeledImage, ImageWithdrawal, "
                    + "CutMarker, ImageRetry."));
    assertThat(refusal(Topic.IMAGES, new byte[0]).code()).isEqualTo(Code.EMPTY);
  }

  @Test
  void anotherFramingIsRejected() {
    byte[] message = codec.encode(Examples.anImage());
    byte[] confluent = message.clone();
    confluent[0] = 0;
    assertThat(refusal(Topic.IMAGES, confluent).code()).isEqualTo(Code.NOT_SINGLE_OBJECT);
    byte[] otherVersion = message.clone();
    otherVersion[1] = 2;
    assertThat(refusal(Topic.IMAGES, otherVersion).code()).isEqualTo(Code.NOT_SINGLE_OBJECT);
    assertThat(refusal(Topic.IMAGES, Arrays.copyOf(message, 9)).code())
        .isEqualTo(Code.NOT_SINGLE_OBJECT);
  }

  @Test
  void anUnknownFingerprintIsRejectedAndNamed() {
    byte[] message = codec.encode(Examples.anImage());
    Arrays.fill(message, 2, 10, (byte) 0xAB);
    assertThat(refusal(Topic.IMAGES, message))
        .isEqualTo(
            new Undecodable(
                Code.UNKNOWN_SCHEMA,
                "No schema with the fingerprint abababababababab is known here; write with a "
                    + "checked-in version, or upgrade the reader before the writer."));
  }

  @Test
  void aRecordOfAnotherTopicIsRejected() {
    assertThat(refusal(Topic.IMAGES, codec.encode(Examples.aModel())))
        .isEqualTo(
            new Undecodable(
                Code.WRONG_RECORD,
                "A ModelMetadata does not belong on the topic images, which takes LabeledImage, "
                    + "ImageWithdrawal, CutMarker, ImageRetry."));
  }

  @Test
  void everyTruncationIsRejected() {
    for (Topic topic : Topic.values()) {
      for (SpecificRecord example : Examples.all()) {
        if (topic.records().contains(example.getClass())) {
          byte[] message = codec.encode(example);
          for (int length = HEADER; length < message.length; length++) {
            assertThat(refusal(topic, Arrays.copyOf(message, length)).code())
                .as("%s cut to %d bytes", example.getSchema().getName(), length)
                .isEqualTo(Code.MALFORMED);
          }
        }
      }
    }
  }

  @Test
  void bytesAfterTheRecordAreRejected() {
    byte[] message = codec.encode(Examples.aWithdrawal());
    assertThat(refusal(Topic.IMAGES, Arrays.copyOf(message, message.length + 2)))
        .isEqualTo(
            new Undecodable(
                Code.MALFORMED,
                "The bytes do not follow the schema of ImageWithdrawal: 2 bytes are left over after "
                    + "the record."));
  }

  @Test
  void aLengthBeyondTheMessageIsRejectedWithoutAllocating() {
    // Three empty texts, then the union branch "bytes" of imageBytes.
    for (long length : new long[] {Integer.MAX_VALUE - 8, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
      byte[] message = header(LabeledImage.getClassSchema(), 0, 0, 0, 1, length);
      assertThat(refusal(Topic.IMAGES, message).sentence())
          .contains("the field imageBytes claims " + length + " bytes where 0 are left");
    }
    byte[] text = header(LabeledImage.getClassSchema(), Integer.MAX_VALUE);
    assertThat(refusal(Topic.IMAGES, text).sentence())
        .contains("the field account claims 2147483647 bytes");
  }

  @Test
  void anElementCountBeyondTheMessageIsRejectedWithoutAllocating() {
    // Up to the colour map: no picture, no location, label, no class, data set, no mask, no
    // location.
    long[] upToColorMap = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    for (long count : new long[] {Integer.MAX_VALUE, Long.MAX_VALUE}) {
      long[] values = Arrays.copyOf(upToColorMap, upToColorMap.length + 1);
      values[upToColorMap.length] = count;
      assertThat(refusal(Topic.IMAGES, header(LabeledImage.getClassSchema(), values)).sentence())
          .contains("the field colorMap claims " + count + " elements in the 0 bytes");
    }
    // A negative count is followed by the block's size; the smallest long has no positive.
    long[] values = Arrays.copyOf(upToColorMap, upToColorMap.length + 2);
    values[upToColorMap.length] = Long.MIN_VALUE;
    assertThat(refusal(Topic.IMAGES, header(LabeledImage.getClassSchema(), values)).code())
        .isEqualTo(Code.MALFORMED);
  }

  @Test
  void textThatIsNotUtf8IsRejected() {
    byte[] message = codec.encode(Examples.aWithdrawal());
    message[HEADER + 1] = (byte) 0xFF;
    assertThat(refusal(Topic.IMAGES, message).sentence())
        .contains("the field account is not valid UTF-8");
  }

  @Test
  void randomBytesNeverThrow() {
    long seed = 20261123;
    Random random = new Random(seed);
    Topic[] topics = Topic.values();
    List<byte[]> messages = Examples.all().stream().map(codec::encode).toList();
    for (int round = 0; round < 50_000; round++) {
      byte[] bytes = messages.get(random.nextInt(messages.size())).clone();
      int kept = random.nextInt(bytes.length);
      if (random.nextBoolean()) {
        // Everything after a random place becomes noise.
        for (int i = kept; i < bytes.length; i++) {
          bytes[i] = (byte) random.nextInt();
        }
      } else {
        bytes[kept] = (byte) random.nextInt();
      }
      for (Topic topic : topics) {
        assertThat(codec.decode(topic, bytes)).as("seed %d round %d", seed, round).isNotNull();
      }
    }
  }

  @Test
  void manyThreadsMayUseOneCodec() {
    Decoded expected = new Decoded(Examples.aModel());
    assertThat(
            IntStream.range(0, 20_000)
                .parallel()
                .allMatch(
                    i ->
                        codec
                            .decode(Topic.MODELS, codec.encode(Examples.aModel()))
                            .equals(expected)))
        .isTrue();
  }

  private Undecodable refusal(Topic topic, byte[] message) {
    Decoding decoding = codec.decode(topic, message);
    assertThat(decoding).isInstanceOf(Undecodable.class);
    return (Undecodable) decoding;
  }

  /** A message of a schema whose body is these numbers, each as Avro writes an int or a long. */
  private static byte[] header(Schema schema, long... values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0xC3);
    out.write(0x01);
    long fingerprint = SchemaNormalization.parsingFingerprint64(schema);
    for (int i = 0; i < 8; i++) {
      out.write((int) (fingerprint >>> (8 * i)));
    }
    for (long value : values) {
      long raw = (value << 1) ^ (value >> 63);
      while ((raw & ~0x7FL) != 0) {
        out.write((int) ((raw & 0x7F) | 0x80));
        raw >>>= 7;
      }
      out.write((int) raw);
    }
    return out.toByteArray();
  }
}
