/**
 * Pictures on a person's disk: what a folder holds and how each picture is labelled, what is left
 * out and why, and BMP, TIFF and WebP made into PNG.
 *
 * <p>{@link io.relook.client.pictures.ImageFiles} is the one reader of folders and manifests.
 * {@link io.relook.client.pictures.FolderScan} looks at the files, {@link
 * io.relook.client.pictures.FolderLayout} decides without touching them, and {@link
 * io.relook.client.pictures.ImageFolder} is the result: every file is an image, a mask, or left out
 * with its reason.
 */
@NullMarked
package io.relook.client.pictures;

import org.jspecify.annotations.NullMarked;
