package io.mooring.volumemanager.csi;

import io.mooring.csi.UnixSocketServer;
import io.mooring.volumemanager.VolumeManager;
import io.mooring.volumemanager.query.SnapshotSets;
import io.mooring.volumemanager.query.VolumeReader;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Serves CSI if a socket is configured. */
@ApplicationScoped
class CsiServer {

  private static final Logger LOG = Logger.getLogger(CsiServer.class);

  private final VolumeManager manager;
  private final VolumeReader volumes;
  private final SnapshotSets snapshots;
  private @Nullable UnixSocketServer server;

  CsiServer(VolumeManager manager, VolumeReader volumes, SnapshotSets snapshots) {
    this.manager = manager;
    this.volumes = volumes;
    this.snapshots = snapshots;
  }

  void start(@Observes StartupEvent event) throws IOException {
    if (manager.config().csiSocket().isEmpty()) {
      LOG.info("CSI is not served: mooring.manager.csi-socket is not set");
      return;
    }
    Path socket = manager.config().csiSocket().get();
    server =
        UnixSocketServer.start(
            socket,
            List.of(
                new IdentityService(manager), new ControllerService(manager, volumes, snapshots)));
    LOG.infof("CSI is served: socket=%s", socket);
  }

  void stop(@Observes ShutdownEvent event) throws IOException {
    if (server != null) {
      server.close();
    }
  }
}
