/** What measurements share: features as the product extracts them, and the options for it. */
@NullMarked
package io.relook.bench.extraction;

import org.jspecify.annotations.NullMarked;
