package io.relook.chaos;

/** What the proxy in front of the store does to some of the requests. */
enum StoreFault {
  /** Forwards all requests. */
  NONE,
  /** Answers 500 InternalError or 503 ServiceUnavailable. */
  ERRORS,
  /** Answers 503 SlowDown. */
  THROTTLED,
  /** Answers 507 to every write. */
  FULL,
  /** Forwards half of a body, in either direction, and breaks the connection. */
  HALF_WRITTEN,
  /** Waits some seconds before it forwards a request. */
  SLOW
}
