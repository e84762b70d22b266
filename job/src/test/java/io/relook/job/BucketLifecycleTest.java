package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.relook.job.domain.BucketLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The lifecycle rules that we hand out are those that the layout of the bucket counts on. */
class BucketLifecycleTest {

  @Test
  void theRulesExpireWhatTheLayoutSaysAndNothingElse() throws Exception {
    JsonNode rules =
        new ObjectMapper()
            .readTree(Path.of("../deploy/security/s3/lifecycle.json").toFile())
            .get("Rules");
    Map<String, Integer> expiring = new TreeMap<>();
    for (JsonNode rule : rules) {
      assertThat(rule.get("Status").asText()).isEqualTo("Enabled");
      if (rule.has("Expiration")) {
        expiring.put(
            rule.get("Filter").get("Prefix").asText(), rule.get("Expiration").get("Days").asInt());
      }
    }

    assertThat(expiring)
        .isEqualTo(
            Arrays.stream(BucketLayout.values())
                .filter(prefix -> prefix.expiryDays() > 0)
                .collect(Collectors.toMap(BucketLayout::prefix, BucketLayout::expiryDays)));
  }
}
