package io.relook.embedded;

import java.nio.file.Path;
import org.gaul.s3proxy.nio2blob.AbstractNio2BlobStore;

/**
 * Objects as plain files below a directory, their metadata in extended attributes.
 *
 * <p>Differs from s3proxy's own disk store in one point: it takes the headers of server-side
 * encryption (SSE-S3, SSE-KMS), keeps them with the object and answers them in put, head, get, copy
 * and multipart, where the other answers 501. It does not encrypt; {@link KmsBlobStore} does.
 */
final class DiskStore extends AbstractNio2BlobStore {

  /**
   * Opens the store.
   *
   * @param root absolute: below a relative one listings are silently empty
   */
  DiskStore(Path root) {
    super(root);
    if (!root.isAbsolute()) {
      throw new IllegalArgumentException("The store's directory must be absolute: " + root);
    }
  }

  @Override
  public boolean supportsServerSideEncryption() {
    return true;
  }
}
