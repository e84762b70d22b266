package io.relook.learning.data;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Assigns pictures to folds by consistent hashing with bounded loads (Mirrokni, Thorup and
 * Zadimoghaddam, "Consistent Hashing with Bounded Loads", SODA 2018). A picture's fold depends
 * almost only on its digest. So a growing data set keeps most of its folds, and an incremental
 * training moves few pictures between them.
 */
public final class Folds {

  private static final int FOLDS = 5;

  /**
   * Out-of-fold scores come from smaller memory banks than the model's, so they run high. More
   * folds keep that bias small where data is scarce.
   */
  private static final int FOLDS_OF_FEW = 10;

  private static final int FEW = 20;

  /**
   * Below this number of pictures folds are as equal as possible. From it on they may be a quarter
   * larger, so that hardly any picture changes its fold when others arrive.
   */
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
   * A pseudo-random number of a picture: FNV-1a of its digest, mixed as in MurmurHash3. It orders
   * pictures independently of their names and times of arrival.
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
