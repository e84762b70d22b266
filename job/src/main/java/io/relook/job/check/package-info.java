/** Bytes to messages: what cannot be read or breaks a rule is rejected here, with the reason. */
@NullMarked
package io.relook.job.check;

import org.jspecify.annotations.NullMarked;
