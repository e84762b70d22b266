package io.relook.local.sample;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.random.RandomGenerator;

/**
 * Lights a part on its mat and takes the picture: one lamp from the upper left, a soft shadow,
 * highlights that stand across the machining marks as on every turned face, then what lens and
 * sensor add: vignetting, a slight blur, exposure, white balance and noise.
 */
final class Camera {

  private final RandomGenerator random;

  Camera(RandomGenerator random) {
    this.random = random;
  }

  /** Takes the picture of the part; the result is of type {@code TYPE_3BYTE_BGR}. */
  BufferedImage shoot(Surface surface, Flange flange) {
    float[][] light = lit(surface, flange);
    return exposed(light, surface.width, surface.height);
  }

  /** Linear light, a plane a channel (red, green, blue). */
  private float[][] lit(Surface surface, Flange flange) {
    int width = surface.width;
    int height = surface.height;
    float azimuth = (float) Math.toRadians(-128 + 10 * (random.nextDouble() - 0.5));
    float lampX = 0.62f * (float) Math.cos(azimuth);
    float lampY = 0.62f * (float) Math.sin(azimuth);
    float lampZ = 0.785f;
    int matSeed = random.nextInt();
    float matX = (float) random.nextDouble() * 50;
    float[][] light = new float[3][width * height];
    float[] steel = {0.60f, 0.615f, 0.63f};
    float[] mat = {0.030f, 0.041f, 0.045f};
    int i = 0;
    for (int py = 0; py < height; py++) {
      for (int px = 0; px < width; px++, i++) {
        float cover = surface.cover[i];
        float dx = px - flange.centerX;
        float dy = py - flange.centerY;
        float r = (float) Math.sqrt(dx * dx + dy * dy);
        float part = 0;
        if (cover > 0) {
          int left = px == 0 ? i : i - 1;
          int right = px == width - 1 ? i : i + 1;
          int up = py == 0 ? i : i - width;
          int down = py == height - 1 ? i : i + width;
          float slopeX = (surface.relief[right] - surface.relief[left]) * 0.5f;
          float slopeY = (surface.relief[down] - surface.relief[up]) * 0.5f;
          float norm = 1 / (float) Math.sqrt(1 + slopeX * slopeX + slopeY * slopeY);
          // The lamp is near: it stands over a point off the upper left corner.
          float lx = lampX - dx * 0.0011f;
          float ly = lampY - dy * 0.0011f;
          float lambert = Math.max(0, (lampZ - slopeX * lx - slopeY * ly) * norm);
          // Half way between lamp and eye; its component along the marks weakens the highlight.
          float hx = lx - slopeX * 0.9f;
          float hy = ly - slopeY * 0.9f;
          float along = r < 1 ? 0 : (-dy * hx + dx * hy) / r;
          float across = 1 - along * along * 1.6f;
          float highlight = gathered(Math.max(0, across));
          float marks = flange.marks(dx, dy, r) * surface.polish[i];
          float gloss = surface.polish[i] * norm;
          part =
              (0.10f + 0.40f * lambert) * (1 + 0.08f * marks)
                  + 0.44f * gloss * highlight * (1 + 0.22f * marks);
        }
        float below = 0;
        if (cover < 1) {
          float grain =
              0.5f * Noise.smooth(px * 0.9f + matX, py * 0.9f, matSeed)
                  + 0.35f * Noise.smooth(px * 0.12f + matX, py * 0.12f, matSeed + 1)
                  + 0.25f * (float) Math.sin((px + py) * 0.9f + matX);
          below = matLight(flange, px, py, r, lampX, lampY) * (1 + 0.35f * grain);
        }
        for (int c = 0; c < 3; c++) {
          light[c][i] = cover * steel[c] * surface.tint[c][i] * part + (1 - cover) * mat[c] * below;
        }
      }
    }
    walls(light, surface, flange, lampX, lampY);
    return light;
  }

  /** The fourteenth power: it makes highlights sharp across the marks. */
  private static float gathered(float t) {
    float t2 = t * t;
    float t4 = t2 * t2;
    return t4 * t4 * t4 * t2;
  }

  /** The light on the mat: less in the part's shadow, little at the bottom of a hole. */
  private static float matLight(Flange flange, int px, int py, float r, float lampX, float lampY) {
    float rim = Flange.RIM * flange.scale;
    if (r < rim - 16) {
      return 0.25f;
    }
    float sx = px - flange.centerX + lampX * 12;
    float sy = py - flange.centerY + lampY * 12;
    float away = (float) Math.sqrt(sx * sx + sy * sy) - rim;
    float contact = Noise.step(-1, 7, r - rim);
    return (0.25f + 0.75f * Noise.step(-9, 9, away)) * (0.45f + 0.55f * contact);
  }

  /** The inside of holes: lit on the side that faces the lamp. */
  private static void walls(
      float[][] light, Surface surface, Flange flange, float lampX, float lampY) {
    wall(
        light,
        surface,
        flange.centerX,
        flange.centerY,
        Flange.BORE * flange.scale,
        4.5f,
        lampX,
        lampY);
    for (int h = 0; h < Flange.HOLES; h++) {
      wall(
          light,
          surface,
          flange.holeX(h),
          flange.holeY(h),
          Flange.HOLE * flange.scale,
          2.6f,
          lampX,
          lampY);
    }
  }

  private static void wall(
      float[][] light,
      Surface surface,
      float x,
      float y,
      float radius,
      float deep,
      float lampX,
      float lampY) {
    // A camera above the middle of the table sees more of the wall that is farther from it.
    float leanX = (surface.width / 2f - x) * 0.02f;
    float leanY = (surface.height / 2f - y) * 0.02f;
    int reach = (int) radius + 2;
    for (int py = (int) y - reach; py <= y + reach; py++) {
      for (int px = (int) x - reach; px <= x + reach; px++) {
        int i = py * surface.width + px;
        float open = 1 - surface.cover[i];
        if (open <= 0) {
          continue;
        }
        float dx = px - x;
        float dy = py - y;
        float d = (float) Math.sqrt(dx * dx + dy * dy);
        if (d > radius + 1 || d < 1) {
          continue;
        }
        // Where the keyway opens the bore there is no wall.
        int outX = Math.round(x + dx / d * (radius + 2));
        int outY = Math.round(y + dy / d * (radius + 2));
        float solid = surface.cover[outY * surface.width + outX];
        float bottomX = dx - leanX * deep * 0.4f;
        float bottomY = dy - leanY * deep * 0.4f;
        float bottom = (float) Math.sqrt(bottomX * bottomX + bottomY * bottomY);
        float seen = Noise.step(radius - deep, radius - deep + 1.5f, bottom);
        float facing = Math.max(0, -(dx * lampX + dy * lampY) / (d * 0.62f));
        float glow = open * solid * seen * (0.05f + 0.30f * facing * facing);
        for (int c = 0; c < 3; c++) {
          light[c][i] += glow * 0.6f;
        }
      }
    }
  }

  private BufferedImage exposed(float[][] light, int width, int height) {
    float exposure = 1 + 0.10f * (float) (random.nextDouble() - 0.5);
    float warm = 1 + 0.025f * (float) (random.nextDouble() - 0.5);
    float[] gain = {exposure * warm, exposure, exposure / warm};
    float tiltX = 0.10f * (float) (random.nextDouble() - 0.5);
    float tiltY = 0.10f * (float) (random.nextDouble() - 0.5);
    float soft = 0.14f + 0.08f * (float) random.nextDouble();
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    byte[] bytes = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    byte[] curve = toneCurve();
    float[] row = new float[width];
    float[] shade = new float[width * height];
    for (int py = 0, i = 0; py < height; py++) {
      float v = (py - height / 2f) / (width / 2f);
      for (int px = 0; px < width; px++, i++) {
        float u = (px - width / 2f) / (width / 2f);
        shade[i] = (1 - 0.22f * (u * u + v * v)) * (1 + tiltX * u + tiltY * v);
      }
    }
    float[] grain = grain(width * height);
    for (int c = 0; c < 3; c++) {
      float[] plane = blurred(light[c], width, height, soft, row);
      int offset = 2 - c;
      for (int i = 0; i < plane.length; i++) {
        float value = plane[i] * shade[i] * gain[c];
        // Photon noise grows with the square root of the light; a little noise is always there.
        value +=
            grain[(i + c * 7919) % plane.length] * (0.0016f + 0.011f * (float) Math.sqrt(value));
        int level = (int) (value * (curve.length - 1));
        bytes[3 * i + offset] = curve[Math.max(0, Math.min(curve.length - 1, level))];
      }
    }
    return image;
  }

  private float[] grain(int count) {
    float[] grain = new float[count];
    for (int i = 0; i < count; i++) {
      grain[i] = (float) random.nextGaussian();
    }
    return grain;
  }

  /** A three by three blur whose outer taps weigh {@code soft} each way. */
  private static float[] blurred(float[] plane, int width, int height, float soft, float[] row) {
    float[] result = new float[plane.length];
    float middle = 1 - 2 * soft;
    for (int py = 0; py < height; py++) {
      int at = py * width;
      int up = Math.max(0, py - 1) * width;
      int down = Math.min(height - 1, py + 1) * width;
      for (int px = 0; px < width; px++) {
        row[px] = middle * plane[at + px] + soft * (plane[up + px] + plane[down + px]);
      }
      for (int px = 0; px < width; px++) {
        result[at + px] =
            middle * row[px] + soft * (row[Math.max(0, px - 1)] + row[Math.min(width - 1, px + 1)]);
      }
    }
    return result;
  }

  /** Linear light to 8-bit levels: gamma 2.2 with a soft shoulder. */
  private static byte[] toneCurve() {
    byte[] curve = new byte[4096];
    for (int i = 0; i < curve.length; i++) {
      double linear = 1.25 * i / (curve.length - 1.0);
      double shoulder = linear / (1 + Math.max(0, linear - 0.5) * 0.45);
      curve[i] = (byte) Math.min(255, Math.round(255 * Math.pow(shoulder, 1 / 2.2)));
    }
    return curve;
  }
}
