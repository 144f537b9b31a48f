package io.mooring.migrator.outside;

import java.io.IOException;
import java.util.List;

/** No orchestrator is configured: only volumes are moved. */
public final class NoApplicationObjects implements ApplicationObjects {

  @Override
  public List<ApplicationObject> list(String namespace) throws IOException {
    throw none(namespace);
  }

  @Override
  public void put(ApplicationObject object, boolean start) throws IOException {
    throw none(object.namespace());
  }

  @Override
  public void delete(ApplicationObject object) throws IOException {
    throw none(object.namespace());
  }

  private static OutsideException none(String namespace) {
    return new OutsideException(
        "MIG-057 The objects of namespace '%s' cannot be moved. No orchestrator is configured."
                .formatted(namespace)
            + " Set mooring.migrator.application.url or .kubernetes.enabled, or leave the namespace out.",
        422);
  }
}
