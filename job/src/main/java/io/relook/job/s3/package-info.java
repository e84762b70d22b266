/**
 * The object store: the only package that uses the AWS SDK. Other packages see {@link
 * io.relook.job.s3.ObjectStore}, which tells a failure of one object from a failure of the store.
 */
@NullMarked
package io.relook.job.s3;

import org.jspecify.annotations.NullMarked;
