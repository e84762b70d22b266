package io.relook.job.log;

import io.relook.wire.ModelMetadata;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;
import org.slf4j.MDC;
import org.slf4j.MDC.MDCCloseable;

/**
 * Says what the log lines of a thread are about, until it is closed. It sets entries of SLF4J's
 * diagnostic context (MDC), which the layouts in {@code deploy/flink} write into every line.
 *
 * <pre>{@code
 * try (LogContext context = LogContext.model(model).cut(cutId)) { … }
 * }</pre>
 */
public final class LogContext implements AutoCloseable {
  public static final String ACCOUNT = "account";
  public static final String PROJECT = "project";

  /** Version of the model. */
  public static final String VERSION = "version";

  /** Id that the sender gave to the command. */
  public static final String REQUEST_ID = "request-id";

  /** Place of the command in its topic. A training knows its command only by this. */
  public static final String CUT = "cut";

  /** Characters of valid names. Any other text is not logged, because it could forge a log line. */
  private static final Pattern PLAIN = Pattern.compile("[\\w.:@/+-]{1,300}");

  private final Deque<MDCCloseable> entries = new ArrayDeque<>();

  private LogContext() {}

  /** Lines about a project. */
  public static LogContext project(String account, String project) {
    return new LogContext().with(ACCOUNT, account).with(PROJECT, project);
  }

  /** Lines about a version of a model. */
  public static LogContext model(ModelMetadata model) {
    return project(model.getAccount(), model.getProjectName())
        .with(VERSION, model.getModelVersion());
  }

  /** Adds the id of a request. */
  public LogContext request(String requestId) {
    return with(REQUEST_ID, requestId);
  }

  /** Adds the id of a cut. */
  public LogContext cut(String cutId) {
    return with(CUT, cutId);
  }

  private LogContext with(String name, String value) {
    if (!value.isEmpty()) {
      entries.push(MDC.putCloseable(name, PLAIN.matcher(value).matches() ? value : "(not a name)"));
    }
    return this;
  }

  @Override
  public void close() {
    entries.forEach(MDCCloseable::close);
  }
}
