package io.relook.client.cli;

import io.relook.client.RelookException;

/** Meaning of the process's exit code. Public API: scripts rely on it. */
public enum ExitCode {
  /** Done. */
  OK(0, "done"),
  /** The operation was answered with an exception or failed, for instance the training. */
  FAILED(1, "answered with an exception, or failed (for instance the training)"),
  /** The command line, a setting or a named file is wrong. */
  USAGE(2, "wrong use: flags, settings, files"),
  /** Broker, object store, cluster or job did not answer in time. */
  UNREACHABLE(3, "broker, store, cluster or job did not answer in time"),
  /** A defect of this program. */
  INTERNAL(4, "a defect of this program");

  private final int code;
  private final String meaning;

  ExitCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  /** The number. */
  public int code() {
    return code;
  }

  /** The meaning, in a few words. */
  public String meaning() {
    return meaning;
  }

  static ExitCode of(RelookException.Kind kind) {
    return switch (kind) {
      case FAILED -> FAILED;
      case USAGE -> USAGE;
      case UNREACHABLE -> UNREACHABLE;
    };
  }
}
