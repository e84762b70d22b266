package io.relook.learning.picture;

/** The file formats that can be decoded. */
public enum PictureFormat {
  JPEG,
  PNG
}
