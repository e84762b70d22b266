/** How stages read their options, and how what is wrong with them is collected. */
@NullMarked
package io.relook.job.options;

import org.jspecify.annotations.NullMarked;
