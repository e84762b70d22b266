package io.relook.job.probe;

import io.relook.job.async.OrderedStep;
import io.relook.job.domain.RegistryInput;
import io.relook.schemas.access.AccessControl;
import java.time.Clock;
import org.apache.flink.api.common.functions.RuntimeContext;

/**
 * Opens the probe of output buckets.
 *
 * @param access for a command that it refuses nothing is probed
 */
public record ProbeFactory(ProbeSettings settings, AccessControl access)
    implements OrderedStep.Factory<RegistryInput, RegistryInput> {

  @Override
  public OrderedStep<RegistryInput, RegistryInput> open(RuntimeContext context) {
    return new OutputBucketProbe(
        settings.store().open(), settings.timeout(), settings.kept(), access, Clock.systemUTC());
  }
}
