/** The contract once more, in a few lines, and random lives of an account compared with it. */
@NullMarked
package io.relook.job.reference;

import org.jspecify.annotations.NullMarked;
