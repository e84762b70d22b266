package io.relook.embedded;

import java.nio.file.Path;
import org.gaul.s3proxy.nio2blob.AbstractNio2BlobStore;

/**
 * Objects as plain files below a directory, their metadata in extended attributes.
 *
 * <p>Differs from s3proxy's own disk store in one point: it accepts the headers of server-side
 * encryption (SSE-S3, SSE-KMS), keeps them with the object and returns them in put, head, get, copy
 * and multipart. The other one answers 501. {@link KmsBlobStore} encrypts.
 */
final class DiskStore extends AbstractNio2BlobStore {

  /**
   * Opens the store.
   *
   * @param root absolute, because listings below a relative path are silently empty
   */
  DiskStore(Path root) {
    super(root);
    if (!root.isAbsolute()) {
      throw new IllegalArgumentException("The store's directory must be absolute, not " + root);
    }
  }

  @Override
  public boolean supportsServerSideEncryption() {
    return true;
  }
}
