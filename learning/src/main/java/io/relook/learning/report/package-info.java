/**
 * One page about the quality of a model, with pictures that it misses and finds, for people who
 * decide whether to use it. {@link io.relook.learning.report.Report} holds the facts, {@link
 * io.relook.learning.report.ReportPage} writes the page; the caller provides the pictures.
 */
@NullMarked
package io.relook.learning.report;

import org.jspecify.annotations.NullMarked;
