/**
 * Decodes and checks messages. A message that cannot be decoded, breaks a rule or is in quarantine
 * is rejected here, with the reason; later stages see valid messages only.
 */
@NullMarked
package io.relook.job.check;

import org.jspecify.annotations.NullMarked;
