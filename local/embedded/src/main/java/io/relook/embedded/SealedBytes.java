package io.relook.embedded;

import com.google.common.io.ByteStreams;
import com.google.crypto.tink.subtle.AesGcmHkdfStreaming;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The format of bytes under a KMS key on the disk: one or more frames, one for each part of an
 * upload in parts. A frame is a header with key and length, and Tink's AES-GCM-HKDF stream. The
 * stream authenticates bucket, object key and KMS key, so a file under another name does not open.
 */
final class SealedBytes {

  /** Longest header: magic, id of the key with its length, length of the plain bytes. */
  private static final int MOST_HEADER_BYTES = Long.BYTES + 2 + 65_535 + Long.BYTES;

  /** No picture, JSON or ONNX file begins with these bytes. */
  private static final long MAGIC = 0x8B524C4B_534541CCL;

  private final KmsKeys keys;
  private final String place;

  /**
   * @param place bucket and key of the object
   */
  SealedBytes(KmsKeys keys, String place) {
    this.keys = keys;
    this.place = place;
  }

  /**
   * The header of a frame.
   *
   * @param plainLength bytes of the frame before encryption
   */
  record Header(String keyId, long plainLength) {

    byte[] bytes() {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (DataOutputStream out = new DataOutputStream(bytes)) {
        out.writeLong(MAGIC);
        out.writeUTF(keyId);
        out.writeLong(plainLength);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return bytes.toByteArray();
    }

    /** Bytes of the whole frame. */
    long frameLength() {
      return bytes().length + KmsKeys.sealedLength(plainLength);
    }

    /** Reads the header at the beginning of a stream; does not change a stream without one. */
    static Optional<Header> read(PushbackInputStream in) throws IOException {
      byte[] magic = in.readNBytes(Long.BYTES);
      if (magic.length < Long.BYTES
          || new DataInputStream(new ByteArrayInputStream(magic)).readLong() != MAGIC) {
        in.unread(magic);
        return Optional.empty();
      }
      DataInputStream data = new DataInputStream(in);
      return Optional.of(new Header(data.readUTF(), data.readLong()));
    }

    /** A stream that {@link #read} accepts. */
    static PushbackInputStream readable(InputStream in) {
      return new PushbackInputStream(in, Long.BYTES);
    }

    /** Range of an object that contains the header of a frame, of any length. */
    static String range(long frame) {
      return "bytes=" + frame + "-" + (frame + MOST_HEADER_BYTES - 1);
    }
  }

  /** The bytes of one frame. */
  InputStream seal(Header header, InputStream plain) throws IOException {
    AesGcmHkdfStreaming cipher = keys.cipher(header.keyId());
    ByteArrayOutputStream sealed = new ByteArrayOutputStream();
    sealed.writeBytes(header.bytes());
    try {
      return new Sealing(
          plain, header.plainLength(), cipher.newEncryptingStream(sealed, context(header)), sealed);
    } catch (GeneralSecurityException e) {
      throw new IOException("Cannot encrypt " + place, e);
    }
  }

  /**
   * The plain bytes of all frames; the header of the first was read from the stream before. The
   * beginning is decrypted immediately, so that a wrong key is found before anything is answered.
   *
   * @throws software.amazon.awssdk.services.s3.model.S3Exception with S3's answer, when the key
   *     does not exist, is disabled or does not open the bytes
   */
  InputStream open(Header first, InputStream sealed) throws IOException {
    Frames frames = new Frames(sealed);
    PushbackInputStream opened = new PushbackInputStream(frames.open(first), 1);
    int begin;
    try {
      begin = opened.read();
    } catch (IOException e) {
      throw KmsKeys.error(
          "InvalidCiphertextException",
          "The object " + place + " does not open with the key " + first.keyId());
    }
    if (begin >= 0) {
      opened.unread(begin);
    }
    return new SequenceInputStream(opened, frames);
  }

  private byte[] context(Header header) {
    return (place + "\n" + header.keyId() + "\n" + header.plainLength())
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Decrypts the frames after the first. */
  private final class Frames extends InputStream {
    private final InputStream sealed;
    private @Nullable InputStream current;

    Frames(InputStream sealed) {
      this.sealed = sealed;
    }

    InputStream open(Header header) throws IOException {
      AesGcmHkdfStreaming cipher = keys.cipher(header.keyId());
      InputStream frame = ByteStreams.limit(sealed, KmsKeys.sealedLength(header.plainLength()));
      try {
        return cipher.newDecryptingStream(new Unclosed(frame), context(header));
      } catch (GeneralSecurityException e) {
        throw new IOException("Cannot decrypt " + place, e);
      }
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      while (true) {
        if (current != null) {
          int read = current.read(bytes, offset, length);
          if (read >= 0) {
            return read;
          }
        }
        PushbackInputStream next = Header.readable(sealed);
        Optional<Header> header = Header.read(next);
        if (header.isEmpty()) {
          if (next.read() >= 0) {
            throw new IOException(place + " does not end with a frame");
          }
          return -1;
        }
        current = open(header.get());
      }
    }

    @Override
    public void close() throws IOException {
      sealed.close();
    }
  }

  /** One frame ends before the stream that it is read from. */
  private static final class Unclosed extends FilterInputStream {
    Unclosed(InputStream in) {
      super(in);
    }

    @Override
    public void close() {}
  }

  /** Encrypts what it reads, a piece at a time. */
  private static final class Sealing extends InputStream {
    private static final int PIECE_BYTES = 64 * 1024;

    private final InputStream plain;
    private final long announced;
    private final OutputStream cipher;
    private final ByteArrayOutputStream sealed;
    private ByteArrayInputStream ready = new ByteArrayInputStream(new byte[0]);
    private long seen;
    private boolean ended;

    Sealing(InputStream plain, long announced, OutputStream cipher, ByteArrayOutputStream sealed) {
      this.plain = plain;
      this.announced = announced;
      this.cipher = cipher;
      this.sealed = sealed;
    }

    @Override
    public int read() throws IOException {
      return fill() ? ready.read() : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      return fill() ? ready.read(bytes, offset, length) : -1;
    }

    private boolean fill() throws IOException {
      while (ready.available() == 0 && !ended) {
        // Reads the end too, because there the plain bytes are checked.
        byte[] piece = plain.readNBytes(PIECE_BYTES);
        seen += piece.length;
        cipher.write(piece);
        if (piece.length < PIECE_BYTES) {
          if (seen != announced) {
            throw new EOFException(
                "The body has " + seen + " bytes, not the announced " + announced);
          }
          cipher.close();
          ended = true;
        }
        ready = new ByteArrayInputStream(sealed.toByteArray());
        sealed.reset();
      }
      return ready.available() > 0;
    }

    @Override
    public void close() throws IOException {
      plain.close();
    }
  }
}
