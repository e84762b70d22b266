package io.relook.learning.picture;

/** File formats that are read. */
public enum PictureFormat {
  JPEG,
  PNG
}
