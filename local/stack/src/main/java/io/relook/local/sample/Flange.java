package io.relook.local.sample;

import java.util.random.RandomGenerator;

/**
 * The part: a turned disc with a raised hub, a bore with a keyway, a groove, six countersunk bolt
 * holes and a dot-peened serial number. Lengths are pixels at scale 1.
 */
final class Flange {

  static final float RIM = 118;
  static final float GROOVE = 99;
  static final float HUB = 59;
  static final float BORE = 29;
  static final float BOLT_CIRCLE = 80;
  static final float HOLE = 9.5f;
  static final int HOLES = 6;

  private static final float KEYWAY_HALF_WIDTH = 6;
  private static final float KEYWAY_END = 38;
  private static final int RADII = 512;
  private static final int ANGLES = 96;

  /** Digits of five by seven dots, a row five bits, the top row first. */
  private static final int[][] DIGITS = {
    {14, 17, 19, 21, 25, 17, 14},
    {4, 12, 4, 4, 4, 4, 14},
    {14, 17, 1, 2, 4, 8, 31},
    {31, 2, 4, 2, 1, 17, 14},
    {2, 6, 10, 18, 31, 2, 2},
    {31, 16, 30, 1, 1, 17, 14},
    {6, 8, 16, 30, 17, 17, 14},
    {31, 1, 2, 4, 8, 8, 8},
    {14, 17, 17, 14, 17, 17, 14},
    {14, 17, 17, 15, 1, 2, 12},
  };

  final float centerX;
  final float centerY;
  final float turn;
  final float scale;

  /** The bolt hole that is not drilled through, or -1. */
  private final int missingHole;

  /** How wide that hole was started, as a share of its radius. */
  private final float begun;

  /** Machining marks by radius, and by radius and angle. */
  private final float[] rings = new float[RADII];

  private final float[] arcs = new float[RADII * ANGLES];
  private final int[] serial = new int[6];

  Flange(RandomGenerator random, int width, int height, int missingHole, float begun) {
    centerX = width / 2f + (float) (random.nextDouble() - 0.5) * 14;
    centerY = height / 2f + (float) (random.nextDouble() - 0.5) * 12;
    turn = (float) Math.toRadians((random.nextDouble() - 0.5) * 16);
    scale = 1 + (float) (random.nextDouble() - 0.5) * 0.03f;
    this.missingHole = missingHole;
    this.begun = begun;
    int seed = random.nextInt();
    for (int r = 0; r < RADII; r++) {
      rings[r] =
          0.5f * Noise.at(r, 1, seed)
              + 0.35f * Noise.smooth(r / 5f, 2, seed)
              + 0.4f * Noise.smooth(r / 40f, 3, seed);
      for (int a = 0; a < ANGLES; a++) {
        arcs[r * ANGLES + a] = Noise.at(r, a + 10, seed);
      }
    }
    for (int i = 0; i < serial.length; i++) {
      // As in a batch, the first digits are the same and the last ones count.
      serial[i] = i < 3 ? (7 + 4 * i) % 10 : random.nextInt(10);
    }
  }

  /** A place of the part, given in its own polar coordinates, in the picture. */
  float x(float radius, float angle) {
    return centerX + scale * radius * (float) Math.cos(angle + turn);
  }

  float y(float radius, float angle) {
    return centerY + scale * radius * (float) Math.sin(angle + turn);
  }

  /** The angle of a bolt hole's center in the part's own coordinates. */
  static float holeAngle(int hole) {
    return (float) (2 * Math.PI * (hole + 0.5) / HOLES);
  }

  float holeX(int hole) {
    return x(BOLT_CIRCLE, holeAngle(hole));
  }

  float holeY(int hole) {
    return y(BOLT_CIRCLE, holeAngle(hole));
  }

  /** Writes cover and height of the part into the surface. */
  void carve(Surface surface) {
    float cos = (float) Math.cos(turn);
    float sin = (float) Math.sin(turn);
    float[] holesX = new float[HOLES];
    float[] holesY = new float[HOLES];
    for (int h = 0; h < HOLES; h++) {
      holesX[h] = holeX(h);
      holesY[h] = holeY(h);
    }
    int i = 0;
    for (int py = 0; py < surface.height; py++) {
      for (int px = 0; px < surface.width; px++, i++) {
        float dx = px - centerX;
        float dy = py - centerY;
        float r = (float) Math.sqrt(dx * dx + dy * dy) / scale;
        if (r > RIM + 2) {
          continue;
        }
        float u = (dx * cos + dy * sin) / scale;
        float v = (-dx * sin + dy * cos) / scale;
        float cover = clamp(RIM - r + 0.5f);
        float height = -chamfer(r - (RIM - 5), 5) - 0.8f * trough(r - GROOVE, 2.4f);
        height += 3 * (1 - Noise.step(HUB - 2.5f, HUB + 2.5f, r));
        // The distance to bore and keyway, positive outside of both.
        float key = Math.max(Math.abs(u) - KEYWAY_HALF_WIDTH, Math.max(v, -v - KEYWAY_END));
        float bore = Math.min(r - BORE, key);
        cover = Math.min(cover, clamp(bore + 0.5f));
        height -= chamfer(3.5f - bore, 3.5f);
        if (r > 60 && r < 100) {
          for (int h = 0; h < HOLES; h++) {
            float ex = px - holesX[h];
            float ey = py - holesY[h];
            float d2 = (ex * ex + ey * ey) / (scale * scale);
            if (d2 < 15 * 15) {
              float d = (float) Math.sqrt(d2);
              if (h != missingHole) {
                cover = Math.min(cover, clamp(d - HOLE + 0.5f));
                height -= chamfer(HOLE + 3 - d, 3);
              } else if (begun > 0) {
                height -= 0.9f * Math.max(0, HOLE * begun - d);
              }
            }
          }
        }
        surface.cover[i] = cover;
        surface.relief[i] = height;
      }
    }
    peen(surface);
  }

  /** How much the machining marks brighten a place; 0 on average. */
  float marks(float dx, float dy, float r) {
    float row = Math.min(RADII - 2, r * 2 / scale);
    int r0 = (int) row;
    float angle =
        (float) (Math.atan2(dy, dx) - turn) * (float) (ANGLES / (2 * Math.PI)) + 2 * ANGLES;
    int a0 = (int) angle;
    float fa = angle - a0;
    float fr = row - r0;
    int c0 = a0 % ANGLES;
    int c1 = (a0 + 1) % ANGLES;
    float inner = Noise.lerp(arcs[r0 * ANGLES + c0], arcs[r0 * ANGLES + c1], fa);
    float outer = Noise.lerp(arcs[(r0 + 1) * ANGLES + c0], arcs[(r0 + 1) * ANGLES + c1], fa);
    return Noise.lerp(rings[r0], rings[r0 + 1], fr) + 0.6f * Noise.lerp(inner, outer, fr);
  }

  /** The serial number: one pit for each dot, along an arc below the bore. */
  private void peen(Surface surface) {
    float pitch = 2.25f;
    for (int c = 0; c < serial.length; c++) {
      for (int row = 0; row < 7; row++) {
        for (int column = 0; column < 5; column++) {
          if ((DIGITS[serial[c]][row] >> (4 - column) & 1) == 0) {
            continue;
          }
          float radius = 44 + (row - 3) * pitch;
          float along = (c - (serial.length - 1) / 2f) * 15 + (column - 2) * pitch;
          // The number is read from outside of the hub, so the arc runs against the angle.
          float angle = (float) (Math.PI / 2) - along / 44;
          pit(surface, x(radius, angle), y(radius, angle));
        }
      }
    }
  }

  private static void pit(Surface surface, float x, float y) {
    for (int py = (int) y - 2; py <= (int) y + 3; py++) {
      for (int px = (int) x - 2; px <= (int) x + 3; px++) {
        float d2 = (px - x) * (px - x) + (py - y) * (py - y);
        surface.relief[py * surface.width + px] -= 0.75f * (float) Math.exp(-d2 / 0.9f);
      }
    }
  }

  /** 0 up to 0, then falling at 45° over the width, softly at both ends. */
  private static float chamfer(float t, float width) {
    return width * Noise.step(0, width, t);
  }

  /** 1 in the middle of a trough, 0 outside it. */
  private static float trough(float t, float halfWidth) {
    float q = 1 - Math.min(1, Math.abs(t) / halfWidth);
    return q * q * (3 - 2 * q) * 2;
  }

  private static float clamp(float t) {
    return Math.max(0, Math.min(1, t));
  }
}
