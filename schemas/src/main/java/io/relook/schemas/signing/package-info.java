/**
 * Signatures over records that only the job writes into a topic that clients write too: cut markers
 * in the image topic. A signature travels in a record header, beside the message, so a message of
 * any schema version is verified over its exact bytes.
 */
@NullMarked
package io.relook.schemas.signing;

import org.jspecify.annotations.NullMarked;
