package io.relook.learning.onnx;

import ai.onnxruntime.OrtEnvironment;
import java.util.concurrent.CompletableFuture;

/**
 * ONNX Runtime's environment; a process has one.
 *
 * <p>ONNX Runtime 1.29 matches the process's command line against a regular expression, by
 * recursion, when the environment is created. With a long class path on the command line, as start
 * scripts write it, the stack of a normal Java thread overflows and the process ends without a
 * message (seen with 14,000 characters and a stack of 1 MiB; 16 MiB were enough). So a thread with
 * a large stack creates the environment.
 */
final class OnnxEnvironment {

  /** Address space; stack pages that are never used need no memory. */
  private static final long STACK_BYTES = 256L * 1024 * 1024;

  private OnnxEnvironment() {}

  static OrtEnvironment get() {
    return Holder.ENVIRONMENT;
  }

  /** Creates the environment at its first use. */
  private static final class Holder {
    static final OrtEnvironment ENVIRONMENT = open();
  }

  // Not in the holder: the new thread would wait for the holder's initializer, and that for the
  // thread.
  private static OrtEnvironment open() {
    CompletableFuture<OrtEnvironment> opened = new CompletableFuture<>();
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                opened.complete(OrtEnvironment.getEnvironment());
              } catch (Throwable e) {
                // The waiting caller below throws it; here the thread would only print it.
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
