/**
 * The start of the flow: encoded bytes become pixels. JPEG and PNG files are recognised by their
 * first bytes and checked against limits before any pixel is allocated. A file that cannot be
 * decoded ends as an {@link io.relook.learning.picture.UnreadablePictureException} with a code and
 * a sentence.
 */
@NullMarked
package io.relook.learning.picture;

import org.jspecify.annotations.NullMarked;
