/** From a picture to stored features, once per picture, in the order of the log. */
@NullMarked
package io.relook.job.extraction;

import org.jspecify.annotations.NullMarked;
