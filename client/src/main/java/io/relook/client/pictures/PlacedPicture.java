package io.relook.client.pictures;

import io.relook.wire.DatasetType;
import java.util.List;
import java.util.Optional;

/**
 * A picture with the label that its place says.
 *
 * @param defectClass empty for a normal picture
 * @param place names of its class and of the folders below, as masks are compared with them
 * @param mask the path of its mask, if a table names one
 */
record PlacedPicture(
    FoundFile file,
    Optional<DatasetType> dataset,
    Optional<String> defectClass,
    List<String> place,
    Optional<FoundFile> mask) {
  PlacedPicture {
    place = List.copyOf(place);
  }

  boolean isNormal() {
    return defectClass.isEmpty();
  }

  /** The label in words. */
  String labelled() {
    return defectClass.map(name -> "an anomaly of class " + name).orElse("normal");
  }
}
