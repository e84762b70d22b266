package io.relook.learning.data;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Assigns pictures to folds. A picture's fold follows from its digest and little else, so a data
 * set that grows keeps most of its folds, and a training that builds on another moves few pictures
 * between them: consistent hashing with bounded loads (Mirrokni, Thorup, Zadimoghaddam 2018).
 */
public final class Folds {

  private static final int FOLDS = 5;

  /**
   * Out-of-fold scores come from smaller banks than the model's and run high; little data needs
   * more folds.
   */
  private static final int FOLDS_OF_FEW = 10;

  private static final int FEW = 20;

  /** With fewer pictures folds are as equal as can be; with more, nearly none changes its fold. */
  private static final int MANY = 100;

  private final int count;
  private final int[] foldOf;

  private Folds(int count, int[] foldOf) {
    this.count = count;
    this.foldOf = foldOf;
  }

  /**
   * Folds of about equal sizes.
   *
   * @param digests of the pictures' bytes, each once
   */
  public static Folds of(List<String> digests, long seed) {
    List<Integer> order =
        IntStream.range(0, digests.size())
            .boxed()
            .sorted(
                Comparator.comparingLong((Integer i) -> rank(digests.get(i), seed))
                    .thenComparing(digests::get))
            .toList();
    int count = Math.min(order.size() <= FEW ? FOLDS_OF_FEW : FOLDS, order.size());
    int equal = (order.size() + count - 1) / Math.max(1, count);
    int room = order.size() < MANY ? equal : equal + equal / 4;
    int[] foldOf = new int[order.size()];
    int[] sizes = new int[count];
    for (int place = 0; place < order.size(); place++) {
      int picture = order.get(place);
      int fold =
          order.size() <= FEW
              ? place % count
              : withRoom(
                  sizes,
                  (int) Long.remainderUnsigned(rank(digests.get(picture), ~seed), count),
                  room);
      sizes[fold]++;
      foldOf[picture] = fold;
    }
    return new Folds(count, foldOf);
  }

  /** The preferred fold, or the next one that is not full. */
  private static int withRoom(int[] sizes, int preferred, int room) {
    for (int i = 0; i < sizes.length; i++) {
      int fold = (preferred + i) % sizes.length;
      if (sizes[fold] < room) {
        return fold;
      }
    }
    return preferred;
  }

  /**
   * A pseudo-random number of a picture: FNV-1a of its digest, mixed as in MurmurHash3. Orders
   * pictures independently of their names and of when they came.
   */
  static long rank(String digest, long seed) {
    long hash = 0xcbf29ce484222325L ^ seed;
    for (int i = 0; i < digest.length(); i++) {
      hash = (hash ^ digest.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
    hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
    return hash ^ hash >>> 33;
  }

  public int count() {
    return count;
  }

  public int foldOf(int picture) {
    return foldOf[picture];
  }
}
