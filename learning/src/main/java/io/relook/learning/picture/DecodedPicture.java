package io.relook.learning.picture;

import java.util.List;

/**
 * A picture and what the decoder said about its file.
 *
 * @param damage damage that the decoder passed over, in its words: the pixels there may be wrong
 */
public record DecodedPicture(Picture picture, List<String> damage) {

  public DecodedPicture {
    damage = List.copyOf(damage);
  }
}
