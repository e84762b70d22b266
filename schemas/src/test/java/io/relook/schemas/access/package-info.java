@NullMarked
package io.relook.schemas.access;

import org.jspecify.annotations.NullMarked;
