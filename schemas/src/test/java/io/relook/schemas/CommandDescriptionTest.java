package io.relook.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.schemas.operation.CommandRules;
import io.relook.schemas.operation.NotServedOperation;
import io.relook.schemas.operation.Operation;
import io.relook.wire.Command;
import io.relook.wire.CreateModel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of commands, which job and client share, against the schema of commands. */
class CommandDescriptionTest {

  static Stream<SpecificRecord> servedBodies() {
    return Examples.commandBodies().stream()
        .filter(body -> !(Operation.of(body) instanceof NotServedOperation))
        .map(CommandDescriptionTest::sound);
  }

  private static SpecificRecord sound(SpecificRecord body) {
    return body instanceof CreateModel create
        ? CreateModel.newBuilder(create).setDescription("First-shift").build()
        : body;
  }

  @ParameterizedTest
  @MethodSource("servedBodies")
  void everyTextOfACommandIsBounded(SpecificRecord body) {
    assertThat(CommandRules.violation(command(body))).as("as it is").isEmpty();
    List<String> paths = new ArrayList<>();
    forEachText(body, "", (path, set) -> paths.add(path));
    assertThat(paths).isNotEmpty();
    for (String path : paths) {
      SpecificRecord changed = SpecificData.get().deepCopy(body.getSchema(), body);
      forEachText(
          changed,
          "",
          (found, set) -> {
            if (found.equals(path)) {
              set.accept("\n".repeat(100_000));
            }
          });
      assertThat(CommandRules.violation(command(changed))).as(path).isPresent();
    }
  }

  private interface Visitor {
    void text(String path, Consumer<String> set);
  }

  private static void forEachText(SpecificRecord record, String path, Visitor visitor) {
    for (Schema.Field field : record.getSchema().getFields()) {
      Object value = record.get(field.pos());
      String here = path + "/" + field.name();
      if (value instanceof String) {
        visitor.text(here, text -> record.put(field.pos(), text));
      } else if (value instanceof SpecificRecord nested) {
        forEachText(nested, here, visitor);
      } else if (value instanceof List<?> list) {
        for (int i = 0; i < list.size(); i++) {
          int index = i;
          if (list.get(i) instanceof SpecificRecord nested) {
            forEachText(nested, here + "/" + i, visitor);
          } else {
            visitor.text(
                here + "/" + i,
                text -> {
                  List<Object> changed = new ArrayList<>(list);
                  changed.set(index, text);
                  record.put(field.pos(), changed);
                });
          }
        }
      }
    }
  }

  private static Command command(SpecificRecord body) {
    return new Command("r", "1", null, Instant.EPOCH, body);
  }
}
