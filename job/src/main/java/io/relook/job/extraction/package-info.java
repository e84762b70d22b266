/**
 * From a picture to its stored features, once for each picture, in the order of the log. {@link
 * io.relook.job.extraction.PictureExtraction} does the work; {@link
 * io.relook.job.extraction.CrashIsolatingExtraction} around it finds pictures that end the process.
 */
@NullMarked
package io.relook.job.extraction;

import org.jspecify.annotations.NullMarked;
