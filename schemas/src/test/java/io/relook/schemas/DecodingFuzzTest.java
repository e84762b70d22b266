package io.relook.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.relook.schemas.Decoding.Decoded;
import io.relook.schemas.Decoding.Undecodable;
import io.relook.schemas.manifest.GroundTruthLine;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Messages of clients are decoded or rejected with a sentence. Nothing is thrown and nothing large
 * is allocated. To fuzz: {@code JAZZER_FUZZ=1 mvn -Dquick -Djazzer.hooks=true -pl schemas test
 * -Dtest=DecodingFuzzTest#message}, and {@code #manifestLine}.
 */
class DecodingFuzzTest {
  private static final MessageCodec CODEC = MessageCodec.standard();
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The first byte chooses the topic; the rest is the message. */
  @FuzzTest(maxDuration = "3m")
  void message(byte[] input) throws JsonProcessingException {
    if (input.length == 0) {
      return;
    }
    Topic topic = Topic.values()[(input[0] & 0xFF) % Topic.values().length];
    Decoding decoding = CODEC.decode(topic, Arrays.copyOfRange(input, 1, input.length));
    if (decoding instanceof Decoded decoded) {
      Decoding again = CODEC.decode(topic, CODEC.encode(decoded.record()));
      // What the records say, not equals: that compares doubles with ==, so a record with a NaN in
      // it, which any writer may send, does not even equal itself. Nor bytes: maps have no order.
      assertThat(again).isInstanceOf(Decoded.class);
      assertThat(JSON.readTree(((Decoded) again).record().toString()))
          .isEqualTo(JSON.readTree(decoded.record().toString()));
    } else if (decoding instanceof Undecodable undecodable) {
      assertThat(undecodable.sentence()).endsWith(".");
      assertThat(undecodable.sentence().length()).isLessThan(1000);
    }
  }

  @FuzzTest(maxDuration = "3m")
  void manifestLine(byte[] line) {
    GroundTruthLine.Reading reading =
        GroundTruthLine.read(new String(line, StandardCharsets.UTF_8));
    if (reading instanceof GroundTruthLine.Reading.Read read) {
      assertThat(read.line().sourceRef()).isNotEmpty();
    } else if (reading instanceof GroundTruthLine.Reading.Refused refused) {
      assertThat(refused.predicate().length()).isLessThan(1000);
    }
  }
}
