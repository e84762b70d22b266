package io.relook.job.accelerator;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Which of a task manager's devices a subtask takes. Pure. */
final class DeviceIndex {

  private DeviceIndex() {}

  /**
   * Flink gives every task of a task manager all of its devices, so each subtask takes one by its
   * own number.
   *
   * @param resource name of the external resource, for messages
   * @param announced indices of devices, as the discovery script printed them
   * @throws IllegalStateException when no device, or something else, was announced
   */
  static int of(String resource, Collection<String> announced, int subtask) {
    if (announced.isEmpty()) {
      throw new IllegalStateException(
          ("This task manager has no device of the external resource %s: its configuration must"
                  + " name a driver factory and a discovery script for it"
                  + " (external-resource.%s.*, see deploy/flink/config.yaml).")
              .formatted(resource, resource));
    }
    List<Integer> devices = new ArrayList<>();
    for (String index : announced) {
      try {
        devices.add(Integer.parseUnsignedInt(index.strip()));
      } catch (NumberFormatException e) {
        throw new IllegalStateException(
            ("The discovery script of the external resource %s announced '%s', which is not the"
                    + " index of a CUDA device: it must print numbers.")
                .formatted(resource, index.substring(0, Math.min(40, index.length()))),
            e);
      }
    }
    devices.sort(Comparator.naturalOrder());
    return devices.get(subtask % devices.size());
  }
}
