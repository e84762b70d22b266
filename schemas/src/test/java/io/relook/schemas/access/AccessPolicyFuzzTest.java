package io.relook.schemas.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.nio.charset.StandardCharsets;

/**
 * A policy is used or rejected, and answers in no time, whatever its patterns and whoever asks. To
 * fuzz: {@code JAZZER_FUZZ=1 mvn -Dquick -Djazzer.hooks=true -pl schemas test
 * -Dtest=AccessPolicyFuzzTest}.
 */
class AccessPolicyFuzzTest {
  /** The policy, a zero byte, and the caller who asks. */
  @FuzzTest(maxDuration = "2m")
  void policy(byte[] input) {
    String[] parts = new String(input, StandardCharsets.UTF_8).split("\0", 2);
    String caller = parts.length == 1 ? "line-4" : parts[1];
    try {
      AccessPolicy policy = AccessPolicy.parse(parts[0]);
      policy.allows("123456789012", caller, "CreateModel", "bolts");
    } catch (IllegalArgumentException | JsonProcessingException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
