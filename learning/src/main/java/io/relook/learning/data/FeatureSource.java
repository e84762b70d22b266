package io.relook.learning.data;

import io.relook.learning.features.Features;
import java.io.IOException;

/**
 * Loads one picture's features when they are needed, perhaps more than once. Several threads may
 * call it.
 */
@FunctionalInterface
public interface FeatureSource {

  Features load() throws IOException;
}
