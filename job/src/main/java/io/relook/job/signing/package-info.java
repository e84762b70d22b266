/**
 * Keys of cut markers: the control pipeline signs every marker that it writes into the image topic,
 * the data pipeline takes no other. Options hold references to keys; the keys are read where they
 * are used, on the task managers.
 */
@NullMarked
package io.relook.job.signing;

import org.jspecify.annotations.NullMarked;
