/** What lines of the log say beside their message. */
@NullMarked
package io.relook.job.log;

import org.jspecify.annotations.NullMarked;
