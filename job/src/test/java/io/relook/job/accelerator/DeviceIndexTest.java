package io.relook.job.accelerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeviceIndexTest {

  @Test
  void subtasksShareTheDevicesOutByTheirNumber() {
    assertThat(List.of(0, 1, 2, 3).stream().map(i -> DeviceIndex.of("gpu", Set.of("7", "2"), i)))
        .containsExactly(2, 7, 2, 7);
  }

  @Test
  void aTaskManagerWithoutDevicesIsNamedWithItsRemedy() {
    assertThatThrownBy(() -> DeviceIndex.of("gpu", List.of(), 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no device of the external resource gpu")
        .hasMessageContaining("external-resource.gpu.");
  }

  @Test
  void aTextThatIsNotAnIndexIsRejected() {
    assertThatThrownBy(() -> DeviceIndex.of("gpu", List.of("GPU-8c5a"), 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("announced 'GPU-8c5a'");
  }
}
