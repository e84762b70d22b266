package io.relook.job.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.schemas.operation.NotServedOperation;
import io.relook.schemas.operation.Operation;
import io.relook.wire.Command;
import io.relook.wire.CreateModel;
import io.relook.wire.OutputConfig;
import io.relook.wire.S3Location;
import io.relook.wire.Tag;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.junit.jupiter.api.Test;

class OperationTest {

  /** A new body in the schema has an operation, or is listed here. */
  private static final Set<String> NOT_SERVED = Set.of("PromoteModel", "PutRetrainPolicy");

  @Test
  void everyBodyOfACommandHasAnOperation() {
    Set<String> withoutOperation = new TreeSet<>();
    for (Schema body : Command.getClassSchema().getField("body").schema().getTypes()) {
      Object empty = SpecificData.get().newRecord(null, body);
      Operation operation = Operation.of(empty);
      assertThat(operation.name()).isEqualTo(body.getName());
      if (operation instanceof NotServedOperation) {
        withoutOperation.add(body.getName());
      }
    }
    assertThat(withoutOperation).isEqualTo(NOT_SERVED);
  }

  @Test
  void everyOperationIsFoundByItsBody() {
    Set<Class<?>> found =
        Operation.BY_BODY.keySet().stream()
            .map(body -> Operation.of(SpecificData.get().newRecord(null, schema(body))).getClass())
            .collect(Collectors.toSet());
    found.add(NotServedOperation.class);

    assertThat(found).containsExactlyInAnyOrder(Operation.class.getPermittedSubclasses());
  }

  private static Schema schema(Class<?> body) {
    return SpecificData.get().getSchema(body);
  }

  @Test
  void tagsNeedTheRightToTag() {
    assertThat(Operation.of(aCreateModel()).permissions()).containsExactly("CreateModel");
    assertThat(Operation.of(aCreateModel(new Tag("a", "b"))).permissions())
        .containsExactly("CreateModel", "TagResource");
  }

  @Test
  void theOrderOfTagsIsNoParameter() {
    assertThat(Operation.of(aCreateModel(new Tag("a", "1"), new Tag("b", "2"))).fingerprint())
        .isEqualTo(Operation.of(aCreateModel(new Tag("b", "2"), new Tag("a", "1"))).fingerprint())
        .isNotEqualTo(
            Operation.of(aCreateModel(new Tag("a", "2"), new Tag("b", "1"))).fingerprint());
  }

  private static CreateModel aCreateModel(Tag... tags) {
    return CreateModel.newBuilder()
        .setProjectName("bolts")
        .setOutputConfig(new OutputConfig(new S3Location("models", "")))
        .setTags(List.of(tags))
        .build();
  }
}
