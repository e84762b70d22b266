package io.relook.learning.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ONNX Runtime's environment; a process has one.
 *
 * <p>ONNX Runtime 1.29 matches the process's command line against a regular expression, by
 * recursion, when the environment is created. With a long class path on the command line, as start
 * scripts write it, the stack of a normal Java thread overflows and the process ends without a
 * message (seen with 14,000 characters and a stack of 1 MiB; 16 MiB were enough). So a thread with
 * a large stack creates the environment.
 *
 * <p>ONNX Runtime for Java releases the environment in a shutdown hook of its own, which runs at
 * the same time as all others and while threads still work: a process that is stopped with SIGTERM
 * while a session is opened ends with a crash (onnxruntime issue 31352, closed without a change).
 * The native environment counts its references, so one more keeps it until the process is gone.
 */
final class OnnxEnvironment {

  /** Address space; stack pages that are never used need no memory. */
  private static final long STACK_BYTES = 256L * 1024 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(OnnxEnvironment.class);

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
                OrtEnvironment environment = OrtEnvironment.getEnvironment();
                keepUntilExit();
                opened.complete(environment);
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

  /** Takes one more reference to the native environment. ONNX Runtime has no public call for it. */
  private static void keepUntilExit() {
    try {
      Field api = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("ortApiHandle");
      api.setAccessible(true);
      Method create =
          OrtEnvironment.class.getDeclaredMethod(
              "createHandle", long.class, int.class, String.class);
      create.setAccessible(true);
      create.invoke(
          null,
          api.getLong(null),
          OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING.getValue(),
          OrtEnvironment.DEFAULT_NAME);
    } catch (ReflectiveOperationException | InaccessibleObjectException e) {
      LOG.warn(
          "ONNX Runtime's environment is released when the process is told to stop, so the process"
              + " may end with a crash instead",
          e);
    }
  }
}
