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
 * An ONNX Runtime session. Safe for use by several threads at once, as the runtime's own run is;
 * closing it while a run is on the way is not. The runtime's checked exception becomes {@link
 * OnnxFailedException}: with graphs and shapes of our own making it is a fault, not a case.
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
   * @param threads processor threads one run may use; they do not spin while idle, because task
   *     slots share cores
   * @throws OnnxFailedException if the file cannot be opened on this provider
   */
  public OnnxSession(byte[] onnx, int threads, ExecutionProvider provider) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      // A threshold that is input and initializer is meant so; the runtime would warn at every
      // opening.
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
   * Equal inputs give equal bytes (promise 4) and the scores of the processor: so convolutions use
   * one algorithm instead of the one that happened to be fastest, and products keep single
   * precision (https://onnxruntime.ai/docs/execution-providers/CUDA-ExecutionProvider.html).
   */
  private static void addCuda(OrtSession.SessionOptions options, int device) throws OrtException {
    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(device)) {
      cuda.add("cudnn_conv_algo_search", "DEFAULT");
      cuda.add("use_tf32", "0");
      options.addCUDA(cuda);
    }
    options.setDeterministicCompute(true);
  }

  /** Runs the graph and hands its outputs to the reader, which must copy what it keeps. */
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

  /** Takes what is wanted out of the outputs while they are alive. */
  @FunctionalInterface
  public interface Reader<T> {
    T read(Map<String, OnnxTensor> outputs) throws OrtException;
  }

  public OnnxTensor bytes(byte[] values, long... shape) {
    ByteBuffer direct = ByteBuffer.allocateDirect(values.length).order(ByteOrder.nativeOrder());
    direct.put(values).flip();
    return create(() -> OnnxTensor.createTensor(environment, direct, shape, OnnxJavaType.UINT8));
  }

  public OnnxTensor halves(short[] values, long... shape) {
    ShortBuffer direct =
        ByteBuffer.allocateDirect(2 * values.length).order(ByteOrder.nativeOrder()).asShortBuffer();
    direct.put(values).flip();
    return create(() -> OnnxTensor.createTensor(environment, direct, shape, OnnxJavaType.FLOAT16));
  }

  public OnnxTensor integers(long... values) {
    return create(
        () ->
            OnnxTensor.createTensor(
                environment, LongBuffer.wrap(values), new long[] {values.length}));
  }

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
