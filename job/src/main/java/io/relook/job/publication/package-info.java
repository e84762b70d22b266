/** Files first, then the outcome that names them. */
@NullMarked
package io.relook.job.publication;

import org.jspecify.annotations.NullMarked;
