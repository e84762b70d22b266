package io.relook.learning.picture;

import com.drew.imaging.ImageProcessingException;
import com.drew.imaging.jpeg.JpegSegmentReader;
import com.drew.imaging.jpeg.JpegSegmentType;
import com.drew.imaging.png.PngChunkReader;
import com.drew.imaging.png.PngChunkType;
import com.drew.imaging.tiff.TiffReader;
import com.drew.lang.ByteArrayReader;
import com.drew.lang.RandomAccessReader;
import com.drew.lang.SequentialByteArrayReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifReader;
import com.drew.metadata.exif.ExifTiffHandler;
import java.io.IOException;
import java.util.Set;

/**
 * The EXIF orientation of a file (JEITA CP-3451 §4.6.4). No other metadata is read: a general
 * reader inflates a PNG's texts and copies every tag, so a small file could need gigabytes.
 */
final class ExifOrientation {
  /** The first row on top, the first column on the left. */
  static final int UPRIGHT = 1;

  private ExifOrientation() {}

  /**
   * 1 to 8; {@link #UPRIGHT} for a file without an orientation or with a damaged one. Damaged
   * metadata does not prevent the use of intact pixels.
   */
  static int of(byte[] encoded, PictureFormat format) {
    try {
      return switch (format) {
        case JPEG -> ofJpeg(encoded);
        case PNG -> ofPng(encoded);
      };
    } catch (ImageProcessingException | IOException | RuntimeException e) {
      return UPRIGHT;
    }
  }

  private static int ofJpeg(byte[] jpeg) throws ImageProcessingException, IOException {
    var segments =
        JpegSegmentReader.readSegments(
            new SequentialByteArrayReader(jpeg), Set.of(JpegSegmentType.APP1));
    for (byte[] segment : segments.getSegments(JpegSegmentType.APP1)) {
      if (ExifReader.startsWithJpegExifPreamble(segment)) {
        return ofTiff(segment, ExifReader.JPEG_SEGMENT_PREAMBLE.length());
      }
    }
    return UPRIGHT;
  }

  private static int ofPng(byte[] png) throws ImageProcessingException, IOException {
    var chunks =
        new PngChunkReader().extract(new SequentialByteArrayReader(png), Set.of(PngChunkType.eXIf));
    for (var chunk : chunks) {
      return ofTiff(chunk.getBytes(), 0);
    }
    return UPRIGHT;
  }

  /**
   * @param from index at which the TIFF header begins, to which its offsets are relative
   */
  private static int ofTiff(byte[] exif, int from) throws ImageProcessingException, IOException {
    Metadata metadata = new Metadata();
    new TiffReader()
        .processTiff(new ByteArrayReader(exif, from), new OrientationHandler(metadata), 0);
    var directory = metadata.getFirstDirectoryOfType(ExifIFD0Directory.class);
    Integer value =
        directory == null ? null : directory.getInteger(ExifIFD0Directory.TAG_ORIENTATION);
    return value != null && value >= 1 && value <= 8 ? value : UPRIGHT;
  }

  /** Reads the orientation in the first directory and skips all other tags. */
  private static final class OrientationHandler extends ExifTiffHandler {
    OrientationHandler(Metadata metadata) {
      super(metadata, null, 0);
    }

    @Override
    public boolean tryEnterSubIfd(int tag) {
      return false;
    }

    @Override
    public boolean hasFollowerIfd() {
      return false;
    }

    /** True for every tag to skip: the reader then does not read its value. */
    @Override
    public boolean customProcessTag(
        int tagOffset,
        Set<Integer> processedIfds,
        int tiffHeaderOffset,
        RandomAccessReader reader,
        int tag,
        int bytes) {
      return tag != ExifIFD0Directory.TAG_ORIENTATION || bytes > Integer.BYTES;
    }
  }
}
