package io.relook.local.sample;

import java.awt.BasicStroke;
import java.awt.geom.CubicCurve2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.util.random.RandomGenerator;

/**
 * Draws defects on a part. Severity goes from 0, which an inspector may overlook, to 1, which is
 * obvious.
 */
final class Defects {

  private final Surface surface;
  private final Flange flange;
  private final RandomGenerator random;

  Defects(Surface surface, Flange flange, RandomGenerator random) {
    this.surface = surface;
    this.flange = flange;
    this.random = random;
  }

  void apply(DefectKind kind, float severity, int missingHole) {
    switch (kind) {
      case SCRATCH -> scratch(severity);
      case DENT -> dent(severity);
      case MISSING_HOLE -> missingHole(missingHole);
      case STAIN -> stain(severity);
      case CHIP -> chip(severity);
    }
  }

  private void scratch(float severity) {
    float radius = between(46, 104);
    float angle = between(0, (float) (2 * Math.PI));
    float x = flange.x(radius, angle);
    float y = flange.y(radius, angle);
    // Across the machining marks or at an angle: along them it would be invisible.
    float heading = angle + flange.turn + between(-0.9f, 0.9f);
    float half = between(14, 22 + 26 * severity);
    float bend = between(-0.25f, 0.25f) * half;
    float dx = (float) Math.cos(heading);
    float dy = (float) Math.sin(heading);
    CubicCurve2D.Float curve =
        new CubicCurve2D.Float(
            x - dx * half,
            y - dy * half,
            x - dx * half / 3 - dy * bend,
            y - dy * half / 3 + dx * bend,
            x + dx * half / 3 - dy * bend * 0.5f,
            y + dy * half / 3 + dx * bend * 0.5f,
            x + dx * half,
            y + dy * half);
    float width = between(0.8f, 1.1f) + 1.1f * severity;
    float[] line =
        surface.drawn(
            g -> {
              g.setStroke(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
              g.draw(curve);
            });
    float depth = 0.4f + 1.3f * severity;
    float shine = 0.15f + 0.35f * severity;
    int seed = random.nextInt();
    for (int py = 0, i = 0; py < surface.height; py++) {
      for (int px = 0; px < surface.width; px++, i++) {
        if (line[i] > 0) {
          float pressed = 0.7f + 0.5f * Noise.smooth(px / 6f, py / 6f, seed);
          surface.relief[i] -= depth * pressed * line[i];
          brighten(i, 1 + shine * pressed * line[i]);
        }
      }
    }
    surface.mark(
        surface.drawn(
            g -> {
              g.setStroke(
                  new BasicStroke(width + 2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
              g.draw(curve);
            }));
  }

  private void dent(float severity) {
    float radius = between(66, 106);
    // Between two bolt holes, where no hole hides it.
    float half = (float) (Math.PI / Flange.HOLES);
    float angle = Flange.holeAngle(random.nextInt(Flange.HOLES)) + half + between(-0.2f, 0.2f);
    float x = flange.x(radius, angle);
    float y = flange.y(radius, angle);
    float a = between(6, 8) + 8 * severity;
    float b = a * between(0.6f, 1);
    float cos = (float) Math.cos(angle);
    float sin = (float) Math.sin(angle);
    float depth = 1.8f + 5 * severity;
    float[] area = new float[surface.relief.length];
    for (int py = 0, i = 0; py < surface.height; py++) {
      for (int px = 0; px < surface.width; px++, i++) {
        float ex = px - x;
        float ey = py - y;
        float u = (ex * cos + ey * sin) / a;
        float v = (-ex * sin + ey * cos) / b;
        float q = u * u + v * v;
        if (q < 6) {
          // A hollow, and around it a low wall of displaced metal.
          surface.relief[i] -= depth * (1 - 0.35f * q) * (float) Math.exp(-q);
          surface.polish[i] *= 1 - 0.25f * (float) Math.exp(-q);
          area[i] = q < 1.7f ? 1 : 0;
        }
      }
    }
    surface.mark(area);
  }

  private void missingHole(int hole) {
    float r = (Flange.HOLE + 3) * flange.scale;
    float x = flange.holeX(hole);
    float y = flange.holeY(hole);
    surface.mark(surface.drawn(g -> g.fill(new Ellipse2D.Float(x - r, y - r, 2 * r, 2 * r))));
  }

  private void stain(float severity) {
    float radius = between(40, 104);
    float angle = between(0, (float) (2 * Math.PI));
    float x = flange.x(radius, angle);
    float y = flange.y(radius, angle);
    float size = between(9, 14) + 16 * severity;
    float stretch = between(0.7f, 1.5f);
    float strength = 0.2f + 0.5f * severity;
    // Rust absorbs mostly blue, coolant mostly red, oil all colors alike.
    float[][] kinds = {{0.55f, 0.95f, 1.25f}, {1.2f, 0.9f, 0.6f}, {1, 1.02f, 1.1f}};
    float[] absorbed = kinds[random.nextInt(kinds.length)];
    int seed = random.nextInt();
    float[] area = new float[surface.relief.length];
    for (int py = 0, i = 0; py < surface.height; py++) {
      for (int px = 0; px < surface.width; px++, i++) {
        float u = (px - x) / (size * stretch);
        float v = (py - y) / size * stretch;
        float q = u * u + v * v;
        if (q < 4) {
          float ragged =
              0.45f * Noise.smooth(px / 15f, py / 15f, seed)
                  + 0.12f * Noise.smooth(px / 5f, py / 5f, seed + 1);
          float t = 1 - (float) Math.sqrt(q) + ragged;
          float thick = Noise.step(0, 0.7f, t);
          // A drying drop leaves most residue at its edge.
          float edge = Noise.step(0, 0.12f, t) * (1 - Noise.step(0.15f, 0.4f, t));
          float amount = strength * (0.85f * thick + 0.3f * edge);
          for (int c = 0; c < 3; c++) {
            surface.tint[c][i] *= Math.max(0.08f, 1 - amount * absorbed[c]);
          }
          surface.polish[i] *= 1 - 0.7f * thick;
          area[i] = t > 0.08f ? 1 : 0;
        }
      }
    }
    surface.mark(area);
  }

  private void chip(float severity) {
    float angle = between(0, (float) (2 * Math.PI));
    float depth = between(3, 4.5f) + 9 * severity;
    float half = depth * between(1.1f, 1.9f) + 3;
    float[] facet = surface.drawn(g -> g.fill(bite(angle, depth * 1.35f, half * 1.25f)));
    float[] gone = surface.drawn(g -> g.fill(bite(angle, depth, half)));
    surface.mark(facet);
    int seed = random.nextInt();
    for (int py = 0, i = 0; py < surface.height; py++) {
      for (int px = 0; px < surface.width; px++, i++) {
        if (facet[i] > 0) {
          float rough =
              Noise.smooth(px / 2.2f, py / 2.2f, seed)
                  + 0.6f * Noise.smooth(px / 5f, py / 5f, seed + 1);
          surface.relief[i] -= facet[i] * (1.6f + 1.1f * rough);
          surface.polish[i] *= 1 - facet[i];
          brighten(i, 1 + 0.12f * facet[i] * rough);
        }
        surface.cover[i] *= 1 - gone[i];
      }
    }
  }

  /** A ragged piece of the rim, deepest at the angle. */
  private Path2D bite(float angle, float depth, float half) {
    Path2D.Float path = new Path2D.Float();
    int points = 11;
    for (int p = 0; p < points; p++) {
      float t = 2f * p / (points - 1) - 1;
      float bow = (1 - t * t) * depth * between(0.7f, 1.15f);
      float at = angle + (t * half + between(-0.6f, 0.6f)) / Flange.RIM;
      float x = flange.x(Flange.RIM - bow, at);
      float y = flange.y(Flange.RIM - bow, at);
      if (p == 0) {
        path.moveTo(x, y);
      } else {
        path.lineTo(x, y);
      }
    }
    float beyond = Flange.RIM + 8;
    path.lineTo(
        flange.x(beyond, angle + half / Flange.RIM), flange.y(beyond, angle + half / Flange.RIM));
    path.lineTo(
        flange.x(beyond, angle - half / Flange.RIM), flange.y(beyond, angle - half / Flange.RIM));
    path.closePath();
    return path;
  }

  private void brighten(int pixel, float factor) {
    for (float[] channel : surface.tint) {
      channel[pixel] *= factor;
    }
  }

  private float between(float from, float to) {
    return from + (to - from) * (float) random.nextDouble();
  }
}
