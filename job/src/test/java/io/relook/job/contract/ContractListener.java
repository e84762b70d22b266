package io.relook.job.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Writes down which rows of the contract were held by tests that ran and succeeded. */
public final class ContractListener implements TestExecutionListener {

  /** File for lines {@code id Class.method}, which each test process begins again. */
  private static final String FILE = System.getProperty("relook.contract-rows", "");

  private final Set<String> held = new ConcurrentSkipListSet<>();
  private final Set<String> failed = new ConcurrentSkipListSet<>();

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (test.getSource().orElse(null) instanceof MethodSource source) {
      Contract contract = source.getJavaMethod().getAnnotation(Contract.class);
      if (contract != null) {
        String name = source.getJavaClass().getSimpleName() + "." + source.getMethodName();
        for (String id : contract.value()) {
          boolean ok = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
          (ok ? held : failed).add(id + " " + name);
        }
      }
    }
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    held.removeAll(failed); // of a parameterized test all cases must succeed
    if (FILE.isEmpty()) {
      return;
    }
    try {
      Files.write(Path.of(FILE), held);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
