package io.mooring.volumemanager.rest;

import io.mooring.schemas.ControlRebalance;
import io.mooring.schemas.RebalanceControl;
import io.mooring.schemas.StartRebalance;
import io.mooring.volumemanager.VolumeManager;
import io.mooring.volumemanager.catalogue.PoolRefusals;
import io.mooring.volumemanager.catalogue.RebalanceDescription;
import io.mooring.volumemanager.command.PoolCommandSender;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Replicas move from over-full to under-full pools; one rebalance at a time. */
@Path("/rebalances")
@Tag(name = "rebalances")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class RebalancesResource {

  static final double DEVIATION_DEFAULT = 10;

  private static final String REQUESTED_BY = "rest";
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  /**
   * What is wanted.
   *
   * @param deviationPercent pools that differ from the mean of all by at most this many percentage
   *     points are left alone; 10 if it is not given
   * @param trial only list the moves
   */
  public record Start(@Nullable Double deviationPercent, boolean trial) {}

  private final VolumeManager manager;

  RebalancesResource(VolumeManager manager) {
    this.manager = manager;
  }

  @GET
  @Operation(summary = "The running rebalance and the last ones before it, the newest first")
  public List<RebalanceDescription> list() {
    return manager.connected().catalogue().rebalances().stream()
        .sorted(Comparator.comparing(RebalanceDescription::startedAt).reversed())
        .toList();
  }

  @GET
  @Path("{rebalance}")
  @Operation(summary = "One rebalance with its moves")
  public RebalanceDescription get(@PathParam("rebalance") String id) {
    return list().stream()
        .filter(rebalance -> rebalance.id().equals(id))
        .findFirst()
        .orElseThrow(() -> ProblemMapping.refused(PoolRefusals.unknownRebalance(id)));
  }

  @POST
  @Operation(
      summary = "Starts a rebalance, joins the one that runs, or with trial only lists the moves")
  public RebalanceDescription start(
      @Nullable Start wanted, @HeaderParam("Idempotency-Key") @Nullable String key) {
    boolean trial = wanted != null && wanted.trial();
    Double given = wanted == null ? null : wanted.deviationPercent();
    double deviation = given == null ? DEVIATION_DEFAULT : given;
    if (!(deviation >= 0 && deviation <= PoolRefusals.DEVIATION_MAX)) {
      throw ProblemMapping.refused(PoolRefusals.badDeviation(deviation));
    }
    String command = key == null ? UUID.randomUUID().toString() : key;
    send(new StartRebalance(deviation, trial), command);
    return awaitAnswer(command);
  }

  @POST
  @Path("{rebalance}/{action}")
  @Operation(summary = "pause, resume or cancel; done when the rebalance shows it")
  public Response control(@PathParam("rebalance") String id, @PathParam("action") String action) {
    RebalanceControl wanted =
        Stream.of(RebalanceControl.values())
            .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(action))
            .findFirst()
            .orElseThrow(() ->
                ProblemMapping.malformed(
                    "'%s' is none of pause, resume and cancel.".formatted(action)));
    RebalanceDescription rebalance = get(id);
    send(new ControlRebalance(rebalance.id(), wanted), UUID.randomUUID().toString());
    return Response.accepted().build();
  }

  private void send(SpecificRecord detail, String key) {
    try {
      manager
          .connected()
          .poolCommands()
          .send(detail, REQUESTED_BY, key, manager.config().commandTimeout());
    } catch (PoolCommandSender.UnwrittenException e) {
      throw ProblemMapping.poolCommandUnknown(key, String.valueOf(e.getMessage()));
    }
  }

  /** The rebalance that names the command, as soon as this instance hears of it. */
  private RebalanceDescription awaitAnswer(String command) {
    long deadline = System.nanoTime() + manager.config().commandTimeout().toNanos();
    while (System.nanoTime() < deadline) {
      Optional<RebalanceDescription> answer =
          list().stream().filter(job -> job.commands().contains(command)).findFirst();
      if (answer.isPresent()) {
        return answer.get();
      }
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
    throw ProblemMapping.poolCommandUnknown(command, "no rebalance names it yet");
  }
}
