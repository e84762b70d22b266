package io.relook.job.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * What decides the last digits of floating-point results: ONNX Runtime has other kernels for other
 * instruction sets, which add in other orders.
 */
final class InstructionSet {
  private static final Path CPU = Path.of("/proc/cpuinfo");

  private InstructionSet() {}

  /** Name of this machine's, such as {@code amd64-avx512f}. */
  static String name() throws IOException {
    String given = System.getProperty("relook.replay.instruction-set");
    if (given != null) {
      return given;
    }
    String architecture = System.getProperty("os.arch", "unknown").toLowerCase(Locale.ROOT);
    Set<String> flags = flags();
    for (String extension : new String[] {"avx512f", "avx2", "avx"}) {
      if (flags.contains(extension)) {
        return architecture + "-" + extension;
      }
    }
    return architecture;
  }

  private static Set<String> flags() throws IOException {
    Set<String> flags = new HashSet<>();
    if (Files.isReadable(CPU)) {
      for (String line : Files.readAllLines(CPU)) {
        if (line.startsWith("flags")) {
          flags.addAll(Arrays.asList(line.substring(line.indexOf(':') + 1).strip().split(" ")));
          break;
        }
      }
    }
    return flags;
  }
}
