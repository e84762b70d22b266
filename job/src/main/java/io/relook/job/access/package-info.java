/** Who may do what, and where the job may write. */
@NullMarked
package io.relook.job.access;

import org.jspecify.annotations.NullMarked;
