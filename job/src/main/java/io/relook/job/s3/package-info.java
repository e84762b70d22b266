/** The object store: the only place that imports the AWS SDK. */
@NullMarked
package io.relook.job.s3;

import org.jspecify.annotations.NullMarked;
