package io.relook.learning.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * An ONNX Runtime session. Several threads may run it at the same time, but it must not be closed
 * during a run. The runtime's checked exception becomes the unchecked {@link OnnxFailedException}:
 * relook makes graphs and shapes itself, so a failure is a defect.
 */
public final class OnnxSession implements AutoCloseable {

  private final OrtEnvironment environment = OnnxEnvironment.get();
  private final OrtSession session;

  /** A session on the processor. */
  public OnnxSession(byte[] onnx, int threads) {
    this(onnx, threads, ExecutionProvider.CPU);
  }

  /**
   * @param onnx the file
   * @param threads processor threads for one run; they do not spin while idle, because task slots
   *     share cores
   * @throws OnnxFailedException if the file cannot be opened on this provider
   */
  public OnnxSession(byte[] onnx, int threads, ExecutionProvider provider) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      // The threshold is input and initializer on purpose; the runtime warns about it otherwise.
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      if (provider instanceof ExecutionProvider.Cuda cuda) {
        addCuda(options, cuda.device());
      }
      session = environment.createSession(onnx, options);
    } catch (OrtException e) {
      throw new OnnxFailedException("ONNX Runtime cannot open the model: " + e.getMessage(), e);
    }
  }

  /**
   * Settings by which equal inputs give equal bytes (promise 4), and about the scores of the
   * processor: convolutions use a fixed algorithm instead of the fastest in a trial, and products
   * keep single precision
   * (https://onnxruntime.ai/docs/execution-providers/CUDA-ExecutionProvider.html).
   */
  private static void addCuda(OrtSession.SessionOptions options, int device) throws OrtException {
    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(device)) {
      cuda.add("cudnn_conv_algo_search", "DEFAULT");
      cuda.add("use_tf32", "0");
      options.addCUDA(cuda);
    }
    options.setDeterministicCompute(true);
  }

  /** Runs the graph and passes its outputs to the reader, which must copy what it keeps. */
  public <T> T run(Map<String, OnnxTensor> inputs, Set<String> outputs, Reader<T> reader) {
    try (OrtSession.Result result = session.run(inputs, outputs)) {
      Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
      for (String name : outputs) {
        tensors.put(name, (OnnxTensor) result.get(name).orElseThrow());
      }
      return reader.read(tensors);
    } catch (OrtException e) {
      throw new OnnxFailedException("ONNX Runtime failed: " + e.getMessage(), e);
    }
  }

  /** Reads outputs, which are closed afterwards. */
  @FunctionalInterface
  public interface Reader<T> {
    T read(Map<String, OnnxTensor> outputs) throws OrtException;
  }

  /** A uint8 tensor; the caller closes it. */
  public OnnxTensor bytes(byte[] values, long... shape) {
    ByteBuffer direct = ByteBuffer.allocateDirect(values.length).order(ByteOrder.nativeOrder());
    direct.put(values).flip();
    return create(() -> OnnxTensor.createTensor(environment, direct, shape, OnnxJavaType.UINT8));
  }

  /** A half-precision tensor of IEEE 754 bits; the caller closes it. */
  public OnnxTensor halves(short[] values, long... shape) {
    ShortBuffer direct =
        ByteBuffer.allocateDirect(2 * values.length).order(ByteOrder.nativeOrder()).asShortBuffer();
    direct.put(values).flip();
    return create(() -> OnnxTensor.createTensor(environment, direct, shape, OnnxJavaType.FLOAT16));
  }

  /** An int64 tensor [n]; the caller closes it. */
  public OnnxTensor integers(long... values) {
    return create(
        () ->
            OnnxTensor.createTensor(
                environment, LongBuffer.wrap(values), new long[] {values.length}));
  }

  /** A float tensor; the caller closes it. */
  public OnnxTensor floats(float[] values, long... shape) {
    return create(() -> OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape));
  }

  /** The model card inside the file. */
  public Map<String, String> metadata() {
    try {
      return session.getMetadata().getCustomMetadata();
    } catch (OrtException e) {
      throw new OnnxFailedException("ONNX Runtime cannot read the model's metadata.", e);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new OnnxFailedException("ONNX Runtime cannot close the model.", e);
    }
  }

  private interface TensorSource {
    OnnxTensor create() throws OrtException;
  }

  private static OnnxTensor create(TensorSource source) {
    try {
      return source.create();
    } catch (OrtException e) {
      throw new OnnxFailedException("ONNX Runtime cannot take the values: " + e.getMessage(), e);
    }
  }
}
