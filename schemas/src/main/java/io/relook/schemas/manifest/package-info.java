/** Manifests of Lookout for Vision and Ground Truth, as clients and the job read them. */
@NullMarked
package io.relook.schemas.manifest;

import org.jspecify.annotations.NullMarked;
