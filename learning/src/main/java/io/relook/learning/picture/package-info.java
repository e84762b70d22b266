/**
 * Encoded bytes to pixels: JPEG and PNG only, recognised by their first bytes, checked against
 * limits before any pixel is allocated. Whatever cannot become a picture leaves as an {@link
 * io.relook.learning.picture.UnreadablePictureException} with a code and a sentence.
 */
@NullMarked
package io.relook.learning.picture;

import org.jspecify.annotations.NullMarked;
