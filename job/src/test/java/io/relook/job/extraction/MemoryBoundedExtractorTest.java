package io.relook.job.extraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.relook.learning.features.FeatureExtractor;
import io.relook.learning.features.FeatureGrid;
import io.relook.learning.features.Features;
import io.relook.learning.picture.Picture;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MemoryBoundedExtractorTest {
  private static final long MEBI = 1024 * 1024;
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final CountDownLatch release = new CountDownLatch(1);

  @Test
  void largePicturesWaitForEachOtherAndSmallOnesDoNot() {
    MemoryBoundedExtractor bounded = new MemoryBoundedExtractor(held(), 60 * MEBI);
    List<CompletableFuture<Void>> small = start(bounded, 4, 100);
    await().until(() -> running.get() == 4);
    // 27 MB each: two fit beside four small ones of one unit, the third does not.
    List<CompletableFuture<Void>> large = start(bounded, 3, 1000);
    await().until(() -> running.get() == 6);
    release.countDown();
    join(small);
    join(large);

    assertThat(most).hasValue(6);
  }

  @Test
  void aPictureLargerThanTheLimitRunsAlone() {
    MemoryBoundedExtractor bounded = new MemoryBoundedExtractor(held(), 2 * MEBI);
    release.countDown();
    join(start(bounded, 5, 2000));

    assertThat(most).hasValue(1);
  }

  private FeatureExtractor held() {
    return new FeatureExtractor() {
      @Override
      public Features extract(Picture picture) {
        most.accumulateAndGet(running.incrementAndGet(), Math::max);
        try {
          release.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        } finally {
          running.decrementAndGet();
        }
        return new Features(1, 1, List.of(new FeatureGrid("tap", 1, 1, 1, new short[1])));
      }

      @Override
      public void close() {}
    };
  }

  private static List<CompletableFuture<Void>> start(
      MemoryBoundedExtractor bounded, int number, int side) {
    Picture picture = new Picture(side, side, new byte[3 * side * side]);
    return IntStream.range(0, number)
        .mapToObj(
            i ->
                CompletableFuture.runAsync(
                    () -> bounded.extract(picture), task -> new Thread(task).start()))
        .toList();
  }

  private static void join(List<CompletableFuture<Void>> all) {
    CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).join();
  }
}
