/** Which test holds which word of the contract. */
@NullMarked
package io.relook.job.contract;

import org.jspecify.annotations.NullMarked;
