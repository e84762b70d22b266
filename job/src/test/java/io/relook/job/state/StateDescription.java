package io.relook.job.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.schemas.Sha256;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.ListSerializer;
import org.apache.flink.api.common.typeutils.base.MapSerializer;
import org.apache.flink.api.java.typeutils.EnumTypeInfo;
import org.apache.flink.api.java.typeutils.ListTypeInfo;
import org.apache.flink.api.java.typeutils.MapTypeInfo;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializer;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedBackendSerializationProxy;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;

/**
 * Every state of an operator, as text that is checked in: name, kind, and of each type its fields,
 * in order, with their types, down to the last; and a digest of what Flink stores of the
 * serializer, which knows more than the text.
 */
public final class StateDescription {
  private static final Path RESOURCES = Path.of("src/test/resources/io/relook/job/state");

  /** Give it the name of a version, and the tests write what they would compare. */
  private static final String WRITE = "relook.state.write";

  private StateDescription() {}

  /** The version to write snapshots for, or nothing in a build. */
  public static String versionToWrite() {
    return System.getProperty(WRITE, "");
  }

  /** Where a snapshot is checked in. */
  public static Path file(String operator, String version) {
    return RESOURCES.resolve(operator + "-v" + version);
  }

  /** Fails unless the state is what is checked in; the message says what to do. */
  public static void requireAsReleased(String operator, OperatorSubtaskState state)
      throws IOException {
    requireAsReleased(operator, of(state));
  }

  /**
   * The same for operators that keep what is in flight in their state: for each its uid and what it
   * keeps.
   */
  public static void requireAsReleased(String name, Map<String, Class<?>> inFlight)
      throws IOException {
    List<String> lines = new ArrayList<>();
    for (Map.Entry<String, Class<?>> operator : new TreeMap<>(inFlight).entrySet()) {
      TypeInformation<?> type = TypeInformation.of(operator.getValue());
      TypeSerializerSnapshot<?> snapshot =
          type.createSerializer(new SerializerConfigImpl()).snapshotConfiguration();
      lines.add(
          "%s LIST %s sha256=%s"
              .formatted(operator.getKey(), described(type), digest(snapshot).substring(0, 16)));
    }
    requireAsReleased(name, lines);
  }

  private static void requireAsReleased(String operator, List<String> lines) throws IOException {
    String described = String.join("\n", lines) + "\n";
    Path file = RESOURCES.resolve(operator + ".txt");
    if (!versionToWrite().isEmpty()) {
      Files.writeString(file, described);
    }
    assertThat(described)
        .as(
            """
            The state of %s is not what %s says. State that is in production must be read by what
            comes after it, so a changed state is a new version of the state:
            1. Add a snapshot of the new version, and the description, with
               mvn -Dquick -pl job test -Dtest='*StateTest' -D%s=0.N
            2. Add 0.N to the versions that DatasetStateTest and RegistryStateTest restore; the
               snapshots of all versions before must still pass. They do not when a field changed
               its type or a name: then read the old one under its name and turn it into the new.
            """,
            operator, file, WRITE)
        .isEqualTo(Files.readString(file));
  }

  private static List<String> of(OperatorSubtaskState state) throws IOException {
    TreeSet<String> lines = new TreeSet<>();
    for (KeyedStateHandle handle : state.getManagedKeyedState()) {
      try (FSDataInputStream in = ((KeyGroupsStateHandle) handle).openInputStream()) {
        var proxy = new KeyedBackendSerializationProxy<>(StateDescription.class.getClassLoader());
        proxy.read(new DataInputViewStreamWrapper(in));
        for (StateMetaInfoSnapshot snapshot : proxy.getStateMetaInfoSnapshots()) {
          lines.add(line(snapshot));
        }
      }
    }
    return new ArrayList<>(lines);
  }

  private static String line(StateMetaInfoSnapshot state) throws IOException {
    TypeSerializerSnapshot<?> values =
        state.getTypeSerializerSnapshot(
            StateMetaInfoSnapshot.CommonSerializerKeys.VALUE_SERIALIZER);
    String kind = state.getOption(StateMetaInfoSnapshot.CommonOptionsKeys.KEYED_STATE_TYPE);
    return "%s %s %s sha256=%s"
        .formatted(
            state.getName(),
            kind == null ? state.getBackendStateType() : kind,
            values == null ? "-" : described(values.restoreSerializer()),
            values == null ? "-" : digest(values).substring(0, 16));
  }

  private static String digest(TypeSerializerSnapshot<?> snapshot) throws IOException {
    DataOutputSerializer bytes = new DataOutputSerializer(1024);
    TypeSerializerSnapshot.writeVersionedSnapshot(bytes, snapshot);
    return Sha256.hex(bytes.getCopyOfBuffer());
  }

  private static String described(TypeSerializer<?> serializer) {
    if (serializer instanceof MapSerializer<?, ?> map) {
      return "map<%s, %s>"
          .formatted(described(map.getKeySerializer()), described(map.getValueSerializer()));
    }
    if (serializer instanceof ListSerializer<?> list) {
      return "list<" + described(list.getElementSerializer()) + ">";
    }
    if (serializer instanceof PojoSerializer<?> pojo) {
      return described(TypeInformation.of(classOf(pojo)));
    }
    Object example = serializer.createInstance();
    return example == null || example.getClass().getName().startsWith("java.")
        ? serializer.getClass().getSimpleName()
        : described(TypeInformation.of(example.getClass()));
  }

  /** Flink keeps it to itself. */
  private static Class<?> classOf(PojoSerializer<?> pojo) {
    try {
      Field type = PojoSerializer.class.getDeclaredField("clazz");
      type.setAccessible(true);
      return (Class<?>) type.get(pojo);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Flink's PojoSerializer is not as this test knows it", e);
    }
  }

  private static String described(TypeInformation<?> type) {
    if (SpecificRecord.class.isAssignableFrom(type.getTypeClass())) {
      return "%s(avro %016x)"
          .formatted(
              type.getTypeClass().getSimpleName(),
              SchemaNormalization.parsingFingerprint64(
                  SpecificData.get().getSchema(type.getTypeClass())));
    }
    if (type instanceof PojoTypeInfo<?> pojo) {
      List<String> fields = new ArrayList<>();
      for (int i = 0; i < pojo.getArity(); i++) {
        var field = pojo.getPojoFieldAt(i);
        fields.add(field.getField().getName() + ": " + described(field.getTypeInformation()));
      }
      return pojo.getTypeClass().getSimpleName() + "{" + String.join(", ", fields) + "}";
    }
    if (type instanceof EnumTypeInfo<?> constants) {
      return Arrays.stream(constants.getTypeClass().getEnumConstants())
          .map(String::valueOf)
          .collect(Collectors.joining("|"));
    }
    if (type instanceof ListTypeInfo<?> list) {
      return "list<" + described(list.getElementTypeInfo()) + ">";
    }
    if (type instanceof MapTypeInfo<?, ?> map) {
      return "map<%s, %s>"
          .formatted(described(map.getKeyTypeInfo()), described(map.getValueTypeInfo()));
    }
    return type.toString();
  }
}
