package io.mooring.volumemanager.rest;

import io.mooring.volumemanager.VolumeManager;
import io.mooring.volumemanager.catalogue.NodeProfile;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Comparator;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The nodes that placement can choose from. */
@Path("/nodes")
@Tag(name = "nodes")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class NodesResource {

  private final VolumeManager manager;

  NodesResource(VolumeManager manager) {
    this.manager = manager;
  }

  @GET
  @Operation(summary = "All registered nodes with their pools")
  public List<NodeProfile> list() {
    return manager.connected().catalogue().nodes().stream()
        .sorted(Comparator.comparing(NodeProfile::nodeId))
        .toList();
  }
}
