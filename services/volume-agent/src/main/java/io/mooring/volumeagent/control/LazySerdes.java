package io.mooring.volumeagent.control;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.RegistrySettings;
import org.jspecify.annotations.Nullable;

/**
 * Serdes that are made when the first record needs them. The registry's client takes a while to
 * load, and volumes that are resumed at start need neither.
 */
final class LazySerdes {

  private final RegistrySettings settings;
  private @Nullable ControlSerdes serdes;

  LazySerdes(RegistrySettings settings) {
    this.settings = settings;
  }

  synchronized ControlSerdes get() {
    if (serdes == null) {
      serdes = ControlSerdes.connect(settings);
    }
    return serdes;
  }
}
