package io.relook.learning.picture;

/**
 * Format and size of a picture as the first bytes of its file state them, before the EXIF
 * orientation is applied.
 *
 * @param format the file format
 * @param width columns as stored
 * @param height rows as stored
 * @param channels colour channels as stored: 1 grey (or palette), 2 grey and alpha, 3 colour, 4
 *     colour and alpha (PNG) or CMYK (JPEG)
 */
public record PictureHeader(PictureFormat format, int width, int height, int channels) {}
