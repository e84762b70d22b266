package io.relook.schemas;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;

/**
 * Checks in the present schema of every record whose newest version differs from it, with one
 * encoded example. {@link #COMMAND} runs it. It only adds files; versions that were checked in are
 * never changed.
 */
public final class AddSchemaVersion {
  /** What to run from the project's root. */
  static final String COMMAND =
      "mvn -q -pl schemas test-compile exec:java"
          + " -Dexec.mainClass=io.relook.schemas.AddSchemaVersion -Dexec.classpathScope=test";

  private AddSchemaVersion() {}

  public static void main(String[] args) throws IOException {
    Path module = Path.of(args.length > 0 ? args[0] : "schemas");
    MessageCodec codec = MessageCodec.standard();
    for (SpecificRecord example : Examples.all()) {
      Class<? extends SpecificRecord> type = example.getClass();
      Schema current = SchemaStore.current(type);
      List<Schema> versions = SchemaStore.standard().history(type);
      if (!versions.isEmpty() && versions.get(versions.size() - 1).equals(current)) {
        continue;
      }
      int version = versions.size() + 1;
      Path schema =
          module.resolve("src/main/resources").resolve(SchemaStore.resource(type, version, "avsc"));
      Path message =
          module.resolve("src/test/resources").resolve(SchemaStore.resource(type, version, "bin"));
      Files.createDirectories(schema.getParent());
      Files.createDirectories(message.getParent());
      Files.writeString(schema, current.toString(true) + "\n");
      Files.write(message, codec.encode(example));
      System.out.println("Added " + schema + " and " + message);
    }
  }
}
