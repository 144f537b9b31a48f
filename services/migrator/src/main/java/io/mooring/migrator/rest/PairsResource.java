package io.mooring.migrator.rest;

import io.mooring.migrator.config.MigratorConfig;
import io.mooring.migrator.control.Letters;
import io.mooring.migrator.control.StateView;
import io.mooring.migrator.outside.PairProbe;
import io.mooring.migrator.outside.RepositoryDoor;
import io.mooring.schemas.ClusterPairState;
import io.mooring.schemas.PairMode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Other clusters to which this one may migrate. */
@Path("/pairs")
@Tag(name = "pairs")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class PairsResource {

  /**
   * A pair to be made.
   *
   * @param token what the other side's pair-token-file has; left out, the one before stays
   */
  public record Pairing(
      @Nullable String targetUrl, @Nullable String mode, @Nullable String token) {}

  /**
   * A pair, and what asking the other side has shown at this moment.
   *
   * @param storageStatus READY: both sides see the same repository. NOT_PROVIDED: the other side
   *     demands a token, and the pair has none. ERROR: they do not
   * @param schedulerStatus READY: the other side has an orchestrator. NOT_PROVIDED: it has none, so
   *     that only volumes can be moved
   */
  public record PairView(
      String name,
      String targetUrl,
      String mode,
      boolean hasToken,
      String storageStatus,
      String schedulerStatus,
      String reason,
      Instant updatedAt) {}

  /** What this side tells the other one about itself. */
  public record Identity(String repository, boolean encrypted, boolean orchestrator) {}

  private final StateView view;
  private final Letters letters;
  private final RepositoryDoor repository;
  private final PairProbe probe;
  private final MigratorConfig config;
  private final PairGuard guard;

  PairsResource(
      StateView view,
      Letters letters,
      RepositoryDoor repository,
      MigratorConfig config,
      PairGuard guard) {
    this.guard = guard;
    this.view = view;
    this.letters = letters;
    this.repository = repository;
    this.probe = new PairProbe(repository);
    this.config = config;
  }

  @GET
  @Operation(summary = "All pairs, each with what the other side answers now")
  public List<PairView> all() {
    return view.pairs().stream().map(this::look).toList();
  }

  @GET
  @Path("{name}")
  @Operation(summary = "One pair")
  public PairView one(@PathParam("name") String name) {
    return look(view.pair(name).orElseThrow(() -> Problem.unknownPair(name)));
  }

  @GET
  @Path("self")
  @Operation(summary = "What this side is, for the other one")
  @APIResponse(responseCode = "401", description = "It demands a token that was not shown")
  public Identity self(@HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization)
      throws IOException {
    guard.check(authorization);
    return identity();
  }

  private Identity identity() throws IOException {
    var opened = repository.openOrCreate(0);
    return new Identity(opened.id().toString(), opened.encrypted(), config.application().isKept());
  }

  @PUT
  @Path("{name}")
  @Operation(summary = "Makes a pair, or changes it")
  public Response put(@PathParam("name") String name, @Nullable Pairing pairing) {
    if (!name.matches("[a-z0-9][a-z0-9-]{0,48}[a-z0-9]") || name.equals("self")) {
      throw Problem.malformed("'%s' cannot be the name of a pair.".formatted(name));
    }
    if (pairing == null || pairing.targetUrl() == null || !isAddress(pairing.targetUrl())) {
      throw Problem.malformed("The body has no targetUrl that is the address of a migrator.");
    }
    refuseOwned(name);
    String token =
        pairing.token() == null
            ? view.pair(name).map(ClusterPairState::getToken).orElse("")
            : pairing.token().strip();
    letters.pair(
        new ClusterPairState(
            name, pairing.targetUrl(), mode(pairing), "rest", Instant.now(), token));
    return Response.accepted().build();
  }

  @DELETE
  @Path("{name}")
  @Operation(summary = "Takes a pair away; its backups stay")
  public Response remove(@PathParam("name") String name) {
    if (view.pair(name).isEmpty()) {
      throw Problem.unknownPair(name);
    }
    refuseOwned(name);
    letters.removePair(name);
    return Response.accepted().build();
  }

  private void refuseOwned(String name) {
    view.pair(name).ifPresent(pair -> Problem.refuseOwned(name, pair.getRequestedBy()));
  }

  private static boolean isAddress(String url) {
    try {
      URI uri = URI.create(url);
      return uri.getHost() != null && uri.getScheme().matches("https?");
    } catch (IllegalArgumentException | NullPointerException _) {
      return false;
    }
  }

  private static PairMode mode(Pairing pairing) {
    String given = pairing.mode() == null ? PairMode.DEFAULT.name() : pairing.mode();
    for (PairMode mode : PairMode.values()) {
      if (mode.name().equalsIgnoreCase(given)) {
        return mode;
      }
    }
    throw Problem.malformed(
        "The mode is '%s', not one of %s.".formatted(given, List.of(PairMode.values())));
  }

  private PairView look(ClusterPairState pair) {
    PairProbe.Outcome outcome = probe.look(pair);
    return new PairView(
        pair.getName(),
        pair.getTargetUrl(),
        pair.getMode().name(),
        !pair.getToken().isEmpty(),
        outcome.storage().name(),
        outcome.scheduler().name(),
        outcome.reason(),
        pair.getUpdatedAt());
  }
}
