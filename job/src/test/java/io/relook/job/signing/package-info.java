/** Keys of cut markers for tests. */
@NullMarked
package io.relook.job.signing;

import org.jspecify.annotations.NullMarked;
