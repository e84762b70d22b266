package io.relook.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

class TopicTest {
  @Test
  void theNamesInFlowOrderAreThoseOfTheDesign() {
    assertThat(Arrays.stream(Topic.values()).map(t -> t.name(Topic.DEFAULT_PREFIX)))
        .containsExactly(
            "relook.images",
            "relook.commands",
            "relook.replies",
            "relook.models",
            "relook.projects",
            "relook.datasets",
            "relook.predictions",
            "relook.outcomes",
            "relook.rejections");
  }

  @Test
  void everyRecordHasExactlyOneTopicAndAKeyThere() {
    Set<Class<?>> seen = new HashSet<>();
    for (SpecificRecord example : Examples.all()) {
      List<Topic> topics =
          Arrays.stream(Topic.values())
              .filter(t -> t.records().contains(example.getClass()))
              .toList();
      assertThat(topics).as(example.getSchema().getName()).hasSize(1);
      assertThat(topics.get(0).key(example)).isNotEmpty();
      seen.add(example.getClass());
    }
    for (Topic topic : Topic.values()) {
      assertThat(seen).containsAll(topic.records());
    }
  }

  @Test
  void keysFollowTheRules() {
    assertThat(Topic.IMAGES.key(Examples.anImage())).isEqualTo("123456789012/cookies");
    assertThat(Topic.IMAGES.key(Examples.aWithdrawal())).isEqualTo("123456789012/cookies");
    assertThat(Topic.IMAGES.key(Examples.aMarker())).isEqualTo("123456789012/cookies");
    assertThat(Topic.COMMANDS.key(Examples.aCommand(Examples.aCreateModel())))
        .isEqualTo("123456789012");
    assertThat(Topic.REPLIES.key(Examples.aReply())).isEqualTo("request-1");
    assertThat(Topic.MODELS.key(Examples.aModel())).isEqualTo(Examples.MODEL_ARN);
    assertThat(Topic.PROJECTS.key(Examples.aProject())).endsWith(":project/cookies");
    assertThat(Topic.DATASETS.key(Examples.aDataset())).endsWith(":dataset/cookies/train");
    assertThat(Topic.PREDICTIONS.key(Examples.aPrediction())).isEqualTo("123456789012/cookies");
    assertThat(Topic.OUTCOMES.key(Examples.anOutcome())).isEqualTo("123456789012");
    assertThat(Topic.REJECTIONS.key(Examples.aRejection())).isEqualTo("relook.images-2-17");
  }

  @Test
  void aRecordOfAnotherTopicHasNoKey() {
    assertThatThrownBy(() -> Topic.MODELS.key(Examples.anImage()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("LabeledImage is not a record of the topic models.");
  }

  @Test
  void whatHasAPresentStateIsCompactedAndAllElseIsDeletedByAge() {
    for (Topic topic : Topic.values()) {
      boolean state = Set.of(Topic.MODELS, Topic.PROJECTS, Topic.DATASETS).contains(topic);
      assertThat(topic.config())
          .containsEntry("cleanup.policy", state ? "compact" : "delete")
          .containsEntry("message.timestamp.type", "LogAppendTime")
          .containsKey("max.message.bytes");
    }
    assertThat(Topic.IMAGES.config()).containsEntry("retention.ms", "2592000000");
  }

  @Test
  void anInlinePictureAndMaskFitIntoAMessage() {
    assertThat(Topic.IMAGES.maxMessageBytes())
        .isGreaterThan(2 * Topic.INLINE_PICTURE_BYTES + 65536);
    assertThat(Topic.REJECTIONS.maxMessageBytes())
        .isGreaterThan(Topic.INLINE_PICTURE_BYTES + 65536);
  }

  @Test
  void isFoundBySuffixAndByFullName() {
    assertThat(Topic.find("relook.", "models")).contains(Topic.MODELS);
    assertThat(Topic.find("relook.", "relook.models")).contains(Topic.MODELS);
    assertThat(Topic.find("test.", "relook.models")).isEmpty();
  }
}
