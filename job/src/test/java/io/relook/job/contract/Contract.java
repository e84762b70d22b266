package io.relook.job.contract;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the rows of the conformance table ({@code docs/reference/contract.md}) that a test holds.
 * {@link ConformanceTable} fails the build when a row has no test that ran, or a test names no row.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Contract {

  /** Ids of rows. */
  String[] value();
}
