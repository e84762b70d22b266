/** SHA-256, by which stages name what is stored by content and compare what must be equal. */
@NullMarked
package io.relook.job.digest;

import org.jspecify.annotations.NullMarked;

