/**
 * Writes rejected messages to the topic of rejections, with the reason and the original bytes. A
 * large message is kept in relook's own bucket, and its rejection says where.
 */
@NullMarked
package io.relook.job.rejection;

import org.jspecify.annotations.NullMarked;
