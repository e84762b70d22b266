/**
 * Removes what nothing refers to any more: files of deleted models, copies and features of
 * pictures.
 */
@NullMarked
package io.relook.job.removal;

import org.jspecify.annotations.NullMarked;
