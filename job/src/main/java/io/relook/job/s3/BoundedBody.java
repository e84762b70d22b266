package io.relook.job.s3;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Reads the body of an object into memory, up to a bound. */
final class BoundedBody {

  private BoundedBody() {}

  /** Reads the whole body, or nothing when it is longer than the bound. */
  static ResponseTransformer<GetObjectResponse, Optional<byte[]>> atMost(long maxBytes) {
    // One less than the largest array, because one byte more than the bound is asked for.
    int bound = (int) Math.min(maxBytes, Integer.MAX_VALUE - 16);
    return (response, body) -> {
      Long announced = response.contentLength();
      if (announced != null && announced > bound) {
        body.abort();
        return Optional.empty();
      }
      byte[] bytes = readBounded(body, bound);
      if (bytes.length > bound) {
        body.abort();
        return Optional.empty();
      }
      if (announced != null && bytes.length < announced) {
        throw RetryableException.builder()
            .message("The body ended after " + bytes.length + " of " + announced + " bytes")
            .build();
      }
      return Optional.of(bytes);
    };
  }

  private static byte[] readBounded(AbortableInputStream body, int bound) {
    try {
      InputStream in = body;
      return in.readNBytes(bound + 1);
    } catch (IOException e) {
      // The SDK tries again.
      throw RetryableException.builder().message("The body could not be read").cause(e).build();
    }
  }
}
