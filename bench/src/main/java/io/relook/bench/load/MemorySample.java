package io.relook.bench.load;

import java.util.List;
import java.util.Locale;

/**
 * Memory of the task manager after a number of images.
 *
 * @param images taken so far
 * @param seconds since the first image was sent
 * @param residentBytes of the process, as the kernel counts them
 * @param heapBytes used, garbage included
 * @param nonHeapBytes classes and compiled code
 * @param directBytes direct buffers
 */
record MemorySample(
    long images,
    double seconds,
    long residentBytes,
    long heapBytes,
    long nonHeapBytes,
    long directBytes) {

  /**
   * Growth of the resident memory in bytes per image: the slope of the least-squares line through
   * the samples after the warm-up. A few high samples hardly change it.
   *
   * @param warmUp share of the run that is left out, 0 to 1
   */
  static double growth(List<MemorySample> samples, double warmUp) {
    long last = samples.get(samples.size() - 1).images();
    List<MemorySample> measured =
        samples.stream().filter(sample -> sample.images() >= warmUp * last).toList();
    double meanX = measured.stream().mapToDouble(MemorySample::images).average().orElseThrow();
    double meanY =
        measured.stream().mapToDouble(MemorySample::residentBytes).average().orElseThrow();
    double xy = 0;
    double xx = 0;
    for (MemorySample sample : measured) {
      xy += (sample.images() - meanX) * (sample.residentBytes() - meanY);
      xx += (sample.images() - meanX) * (sample.images() - meanX);
    }
    return xx == 0 ? 0 : xy / xx;
  }

  String csv() {
    return String.format(
        Locale.ROOT,
        "%d,%.1f,%d,%d,%d,%d",
        images,
        seconds,
        residentBytes,
        heapBytes,
        nonHeapBytes,
        directBytes);
  }

  String line() {
    return String.format(
        Locale.ROOT,
        "%7.1f s  %,7d images  resident %.1f MB  heap %.1f  non-heap %.1f  direct %.1f",
        seconds,
        images,
        residentBytes / 1e6,
        heapBytes / 1e6,
        nonHeapBytes / 1e6,
        directBytes / 1e6);
  }
}
