package io.relook.learning.data;

import io.relook.learning.features.Features;
import java.io.IOException;

/**
 * Where one picture's features come from; they are loaded when needed, perhaps more than once, by
 * several threads.
 */
@FunctionalInterface
public interface FeatureSource {

  Features load() throws IOException;
}
