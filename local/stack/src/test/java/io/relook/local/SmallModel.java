package io.relook.local;

import io.relook.learning.backbone.Backbone;
import io.relook.learning.data.LabelledFeatures;
import io.relook.learning.data.TrainingData;
import io.relook.learning.features.Features;
import io.relook.learning.features.OnnxFeatureExtractor;
import io.relook.learning.picture.Picture;
import io.relook.learning.picture.PictureDecoder;
import io.relook.learning.picture.PictureLimits;
import io.relook.learning.training.Trainer;
import io.relook.learning.training.TrainingSettings;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** A model that is learned from six good pictures in a few seconds, and pictures for it. */
final class SmallModel {
  static final int SIDE = 64;
  private static final int AREA = SIDE * SIDE;

  private SmallModel() {}

  /**
   * @param card entries of the model card
   */
  static byte[] train(Map<String, String> card) throws Exception {
    List<BufferedImage> good = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      good.add(image(i, false));
    }
    return train(card, good);
  }

  /**
   * @param pictures good ones, all different
   */
  static byte[] train(Map<String, String> card, List<BufferedImage> pictures) throws Exception {
    Backbone backbone = Backbone.bundled();
    List<LabelledFeatures> good = new ArrayList<>();
    try (OnnxFeatureExtractor extractor = new OnnxFeatureExtractor(backbone, AREA, 1)) {
      for (int i = 0; i < pictures.size(); i++) {
        Features features = extractor.extract(decoded(png(pictures.get(i))));
        good.add(new LabelledFeatures("g" + i, false, Optional.empty(), "d" + i, () -> features));
      }
    }
    Map<String, String> entries = new HashMap<>(card);
    entries.put("relook.project", "parts");
    return new Trainer(backbone)
        .train(
            new TrainingData(good, List.of()),
            new TrainingSettings(AREA, 1, 1, entries),
            stage -> {})
        .onnx();
  }

  static Picture decoded(byte[] png) throws Exception {
    return new PictureDecoder(PictureLimits.DEFAULT).decode(png);
  }

  static byte[] png(int seed, boolean defect) throws IOException {
    return png(image(seed, defect));
  }

  private static byte[] png(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  /** Grey noise, with a bright patch where there is a defect. */
  static BufferedImage image(int seed, boolean defect) {
    SplittableRandom random = new SplittableRandom(seed);
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        boolean patch = defect && x > 20 && x < 40 && y > 20 && y < 40;
        int value = patch ? ((x + y) % 2) * 255 : 100 + random.nextInt(20);
        image.setRGB(x, y, value << 16 | value << 8 | value);
      }
    }
    return image;
  }
}
