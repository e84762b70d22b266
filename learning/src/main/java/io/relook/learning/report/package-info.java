/**
 * One page that says how good a model is: what it finds and misses, with pictures, for the people
 * who decide whether to use it. {@link io.relook.learning.report.Report} holds the facts, {@link
 * io.relook.learning.report.ReportPage} writes them; pictures come from the caller.
 */
@NullMarked
package io.relook.learning.report;

import org.jspecify.annotations.NullMarked;
