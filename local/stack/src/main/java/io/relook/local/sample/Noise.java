package io.relook.local.sample;

/** Smooth noise that is a pure function of place and seed. */
final class Noise {

  private Noise() {}

  /** Mixes the bits of a number (the finalizer of SplitMix64). */
  static long mix(long bits) {
    long z = bits + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** A value in [-1, 1) for a lattice point. */
  static float at(int x, int y, int seed) {
    int h = x * 0x27D4EB2D ^ y * 0x165667B1 ^ seed * 0x9E3779B1;
    h = (h ^ (h >>> 15)) * 0x2C1B3C6D;
    h = (h ^ (h >>> 12)) * 0x297A2D39;
    return (h ^ (h >>> 15)) * 0x1p-31f;
  }

  /** Value noise in [-1, 1], one lattice cell a unit. */
  static float smooth(float x, float y, int seed) {
    int x0 = (int) Math.floor(x);
    int y0 = (int) Math.floor(y);
    float fx = ease(x - x0);
    float fy = ease(y - y0);
    float top = lerp(at(x0, y0, seed), at(x0 + 1, y0, seed), fx);
    float bottom = lerp(at(x0, y0 + 1, seed), at(x0 + 1, y0 + 1, seed), fx);
    return lerp(top, bottom, fy);
  }

  static float lerp(float a, float b, float t) {
    return a + (b - a) * t;
  }

  /** 0 below {@code from}, 1 above {@code to}, a smooth step between. */
  static float step(float from, float to, float x) {
    return ease(Math.max(0, Math.min(1, (x - from) / (to - from))));
  }

  private static float ease(float t) {
    return t * t * (3 - 2 * t);
  }
}
