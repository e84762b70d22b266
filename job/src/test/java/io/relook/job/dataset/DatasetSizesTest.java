package io.relook.job.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DatasetSizesTest {

  @Test
  void theyFollowTheProjects() {
    DatasetSizes sizes = new DatasetSizes();
    sizes.seen("1/bolts", 10);
    sizes.seen("1/nuts", 30);
    sizes.seen("1/bolts", 20);

    assertThat(sizes.all()).isEqualTo(50);
    assertThat(sizes.ofLargest()).isEqualTo(30);
    assertThat(sizes.bytes()).isEqualTo(50L * DatasetSizes.BYTES_OF_AN_IMAGE);
    sizes.seen("1/nuts", 0);
    assertThat(sizes.ofLargest()).isEqualTo(20);
  }
}
