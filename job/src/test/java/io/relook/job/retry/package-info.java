@NullMarked
package io.relook.job.retry;

import org.jspecify.annotations.NullMarked;
