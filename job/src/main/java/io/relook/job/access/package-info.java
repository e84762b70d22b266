/** Options of the access policy ({@link io.relook.schemas.access.AccessPolicy}). */
@NullMarked
package io.relook.job.access;

import org.jspecify.annotations.NullMarked;
