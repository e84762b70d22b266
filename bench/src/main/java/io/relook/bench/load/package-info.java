/**
 * {@code relook bench load} and {@code relook bench memory}: what the job costs under load,
 * measured on a job manager and a task manager that are processes of their own.
 */
@NullMarked
package io.relook.bench.load;

import org.jspecify.annotations.NullMarked;
