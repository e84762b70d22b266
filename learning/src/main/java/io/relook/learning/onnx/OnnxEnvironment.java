package io.relook.learning.onnx;

import ai.onnxruntime.OrtEnvironment;
import java.util.concurrent.CompletableFuture;

/**
 * ONNX Runtime's environment, of which a process has one.
 *
 * <p>ONNX Runtime 1.29 matches the process's command line against a regular expression when its
 * environment is made, by recursion: with a class path of some ten thousand characters there, as
 * start scripts write it, the stack of an ordinary Java thread overflows and the process ends
 * without a word (seen with 14,000 characters and 1 MiB; 16 MiB were enough). So it is made in a
 * thread with a deep stack.
 */
final class OnnxEnvironment {

  /** Address space only: what is not touched costs no memory. */
  private static final long STACK_BYTES = 256L * 1024 * 1024;

  private OnnxEnvironment() {}

  static OrtEnvironment get() {
    return Holder.ENVIRONMENT;
  }

  /** Opens it once, when it is first asked for. */
  private static final class Holder {
    static final OrtEnvironment ENVIRONMENT = open();
  }

  // Not in the holder: the thread would wait for the holder to be initialized, and that for it.
  private static OrtEnvironment open() {
    CompletableFuture<OrtEnvironment> opened = new CompletableFuture<>();
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                opened.complete(OrtEnvironment.getEnvironment());
              } catch (Throwable e) {
                // Handed to whoever waits below; a thread of its own would only print it.
                opened.completeExceptionally(e);
              }
            },
            "onnx-environment",
            STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    return opened.join();
  }
}
