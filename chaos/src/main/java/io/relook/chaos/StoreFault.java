package io.relook.chaos;

/** What the proxy before the store does to some of the requests. */
enum StoreFault {
  /** Passes all requests on. */
  NONE,
  /** Answers 500 InternalError or 503 ServiceUnavailable. */
  ERRORS,
  /** Answers 503 SlowDown. */
  THROTTLED,
  /** Answers 507 to everything that would be written. */
  FULL,
  /** Passes half of a body on, in either direction, and breaks the connection off. */
  HALF_WRITTEN,
  /** Waits seconds before it passes a request on. */
  SLOW
}
