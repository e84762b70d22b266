package io.relook.job.extraction;

import io.relook.job.async.OrderedDrainingOperatorFactory;
import io.relook.job.options.OptionReader;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** Options of how many pictures a subtask works on. */
public final class ExtractionOptions {

  public static final ConfigOption<Integer> EXTRACTION_THREADS =
      ConfigOptions.key("extraction.threads")
          .intType()
          .defaultValue(2)
          .withDescription("Pictures that one subtask works on at the same time.");

  public static final ConfigOption<Integer> EXTRACTION_QUEUE =
      ConfigOptions.key("extraction.queue")
          .intType()
          .defaultValue(16)
          .withDescription(
              "Images that one subtask holds while they are worked on or wait, 1 to 32. All are"
                  + " finished before each checkpoint.");

  public static final ConfigOption<MemorySize> EXTRACTION_MEMORY =
      ConfigOptions.key("extraction.memory")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(448))
          .withDescription(
              "Native memory that pictures may take at the same time in one subtask while their"
                  + " features are extracted, at 27 bytes a pixel; larger pictures wait for each"
                  + " other. All subtasks of a task manager together must fit into"
                  + " taskmanager.memory.task.off-heap.size.");

  private ExtractionOptions() {}

  /** Reads the options. */
  public static Concurrency read(OptionReader options) {
    int threads = options.atLeast(EXTRACTION_THREADS, 1);
    int queue = options.atLeast(EXTRACTION_QUEUE, 1);
    options.require(
        queue <= OrderedDrainingOperatorFactory.MAX_QUEUE,
        "extraction.queue is "
            + queue
            + ": it must be at most "
            + OrderedDrainingOperatorFactory.MAX_QUEUE
            + ", because every checkpoint waits for the whole queue.");
    return new Concurrency(threads, queue, options.get(EXTRACTION_MEMORY).getBytes());
  }

  /**
   * How many pictures a subtask works on.
   *
   * @param threads pictures worked on at the same time
   * @param queue pictures held at most
   * @param memory native bytes of the pictures whose features are being extracted
   */
  public record Concurrency(int threads, int queue, long memory) {}
}
