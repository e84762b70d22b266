@NullMarked
package io.relook.schemas.signing;

import org.jspecify.annotations.NullMarked;
