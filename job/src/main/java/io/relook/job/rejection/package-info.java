/** What happens to a message that cannot be taken. */
@NullMarked
package io.relook.job.rejection;

import org.jspecify.annotations.NullMarked;
