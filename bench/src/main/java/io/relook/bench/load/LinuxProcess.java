package io.relook.bench.load;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Memory and processor time of a process, from {@code /proc} (proc_pid_status(5),
 * proc_pid_stat(5)).
 */
final class LinuxProcess {
  /** Clock ticks per second in {@code /proc}: 100 on every Linux that Java runs on. */
  private static final double TICKS_PER_SECOND = 100;

  private LinuxProcess() {}

  /** Resident memory ({@code VmRSS}) in bytes. */
  static long residentBytes(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .map(line -> line.replaceAll("\\D", ""))
        .mapToLong(kibibytes -> Long.parseLong(kibibytes) * 1024)
        .findFirst()
        .orElseThrow(
            () ->
                new IOException(
                    "/proc/" + pid + "/status has no line VmRSS; the process may have ended."));
  }

  /**
   * Processor seconds of the living threads, user and system together, summed over threads of the
   * same name. Linux keeps the first 15 characters of a name.
   */
  static Map<String, Double> cpuSecondsByThread(long pid) throws IOException {
    Map<String, Double> seconds = new TreeMap<>();
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
      for (Path thread : threads) {
        try {
          String stat = Files.readString(thread.resolve("stat"));
          String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
          String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
          // Fields 14 and 15 of the whole line, utime and stime; the third is the first here.
          double ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
          seconds.merge(name, ticks / TICKS_PER_SECOND, Double::sum);
        } catch (IOException e) {
          // The thread has ended since.
        }
      }
    }
    return seconds;
  }
}
