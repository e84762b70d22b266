/**
 * How stages read their options. Each stage has one class {@code …Options} with its options and
 * their descriptions, and a {@code read} method that checks them. {@link
 * io.relook.job.options.OptionReader} collects every problem, so that one start reports all.
 */
@NullMarked
package io.relook.job.options;

import org.jspecify.annotations.NullMarked;
