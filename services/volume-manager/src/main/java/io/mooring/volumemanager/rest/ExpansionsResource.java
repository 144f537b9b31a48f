package io.mooring.volumemanager.rest;

import io.mooring.schemas.ExpandPool;
import io.mooring.schemas.ExpansionPhase;
import io.mooring.volumemanager.VolumeManager;
import io.mooring.volumemanager.catalogue.ExpansionDescription;
import io.mooring.volumemanager.catalogue.PoolRefusals;
import io.mooring.volumemanager.command.PoolCommandSender;
import io.mooring.volumemanager.expansion.ExpansionRefusals;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.PoolId;
import io.mooring.volumemanager.volume.Rejection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Drives of pools that grow, with their file systems, while replicas on them are in use. */
@Path("/expansions")
@Tag(name = "expansions")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class ExpansionsResource {

  private static final String REQUESTED_BY = "rest";
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  /**
   * What is wanted.
   *
   * @param driveBytes size that the drive becomes, more than it has
   */
  public record Start(@Nullable String node, @Nullable String pool, @Nullable Long driveBytes) {}

  private final VolumeManager manager;

  ExpansionsResource(VolumeManager manager) {
    this.manager = manager;
  }

  @GET
  @Operation(summary = "The newest expansion of each pool, with what hinders it")
  public List<ExpansionDescription> list() {
    return manager.connected().catalogue().expansions().stream()
        .sorted(Comparator.comparing(ExpansionDescription::pool))
        .toList();
  }

  @POST
  @Operation(summary = "Grows the drive below a pool; done when the expansion shows it")
  public ExpansionDescription start(
      @Nullable Start wanted, @HeaderParam("Idempotency-Key") @Nullable String key) {
    if (wanted == null
        || wanted.node() == null
        || wanted.pool() == null
        || wanted.driveBytes() == null) {
      throw ProblemMapping.malformed("node, pool or driveBytes is missing.");
    }
    String command = key == null ? UUID.randomUUID().toString() : key;
    PoolId pool = new PoolId(new NodeId(wanted.node()), wanted.pool());
    Optional<ExpansionDescription> earlier = newest(pool);
    if (earlier.isPresent() && earlier.get().command().equals(command)) {
      return earlier.get();
    }
    refuse(pool, wanted.driveBytes(), earlier);
    send(new ExpandPool(wanted.node(), wanted.pool(), wanted.driveBytes()), command);
    return awaitAnswer(pool, command);
  }

  /** What can be told at once; what changes meanwhile is refused by whoever decides. */
  private void refuse(PoolId pool, long bytes, Optional<ExpansionDescription> earlier) {
    Optional<Rejection> why =
        earlier
            .filter(known -> known.phase() == ExpansionPhase.IN_PROGRESS)
            .map(known ->
                ExpansionRefusals.running(pool, known.id(), known.toBytes(), known.problem()))
            .or(() ->
                PoolRefusals.ofExpansion(manager.connected().catalogue().nodes(), pool, bytes));
    if (why.isPresent()) {
      throw ProblemMapping.refused(why.get());
    }
  }

  private void send(ExpandPool wanted, String key) {
    try {
      manager
          .connected()
          .poolCommands()
          .expand(wanted, REQUESTED_BY, key, manager.config().commandTimeout());
    } catch (PoolCommandSender.UnwrittenException e) {
      throw ProblemMapping.poolCommandUnknown(key, String.valueOf(e.getMessage()));
    }
  }

  private Optional<ExpansionDescription> newest(PoolId pool) {
    return list().stream().filter(known -> known.pool().equals(pool.toString())).findFirst();
  }

  private ExpansionDescription awaitAnswer(PoolId pool, String command) {
    long deadline = System.nanoTime() + manager.config().commandTimeout().toNanos();
    while (System.nanoTime() < deadline) {
      Optional<ExpansionDescription> answer =
          newest(pool).filter(known -> known.command().equals(command));
      if (answer.isPresent()) {
        return answer.get();
      }
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
    throw ProblemMapping.poolCommandUnknown(command, "no expansion names it yet");
  }
}
