package io.relook.job.registry;

import io.relook.job.domain.Request;

/** The scope of client tokens. */
final class ClientTokens {

  /** Cannot occur in names, tokens or operations. */
  private static final char SEPARATOR = '\u0000';

  private ClientTokens() {}

  /**
   * The token of a request with its scope, which is operation and project (the account is the key
   * of the state). A request without a token uses its request id; a token never equals a request
   * id.
   */
  static String scoped(Request request) {
    return request.operation().name()
        + SEPARATOR
        + request.project()
        + SEPARATOR
        + request
            .operation()
            .clientToken()
            .map(token -> "token " + token)
            .orElseGet(() -> "request " + request.requestId());
  }
}
