package io.mooring.failoverdetector.rest;

import io.mooring.failoverdetector.brokers.BrokerStatus;
import io.mooring.failoverdetector.brokers.RememberedCluster;
import io.mooring.failoverdetector.config.DetectorSettings;
import io.mooring.failoverdetector.stream.ClusterExchange;
import io.mooring.failoverdetector.stream.ClusterExchange.Request;
import io.mooring.failoverdetector.stream.DetectorBoard.Picture;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Kafka clusters that are looked after, and their brokers. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "clusters")
public class ClustersResource {

  /** Where a cluster is. */
  public record ClusterAddress(@Nullable String bootstrapServers) {}

  /** A cluster. */
  public record Cluster(String name, String bootstrapServers, @Nullable UUID incident) {}

  /**
   * A broker.
   *
   * @param downSince null while it serves
   */
  public record Broker(
      String cluster, int brokerId, String host, int port, @Nullable Instant downSince) {}

  private final LiveBoard board;
  private final ClusterExchange exchange;

  ClustersResource(LiveBoard board, ClusterExchange exchange) {
    this.board = board;
    this.exchange = exchange;
  }

  @GET
  @Path("clusters")
  @Operation(summary = "All clusters that are looked after")
  public List<Cluster> clusters() {
    return picture().clusters().stream()
        .map(cluster ->
            new Cluster(
                cluster.name(),
                cluster.bootstrapServers(),
                cluster.incident() == null ? null : cluster.incident().trace().correlationId()))
        .toList();
  }

  @GET
  @Path("brokers")
  @Operation(summary = "All brokers that were ever seen to serve")
  public List<Broker> brokers() {
    return picture().clusters().stream().flatMap(ClustersResource::brokers).toList();
  }

  /** Takes effect with the next tick and survives a restart; the cluster need not run yet. */
  @PUT
  @Path("clusters/{name}")
  @Operation(summary = "Look after a cluster, or follow it to another address")
  public Response watch(String name, ClusterAddress address) {
    picture();
    String servers = address.bootstrapServers() == null ? "" : address.bootstrapServers();
    if (!DetectorSettings.isClusterName(name) || !DetectorSettings.areBootstrapServers(servers)) {
      throw new Problem(
              "DET-002",
              "Cluster '" + name + "' at '" + servers + "' cannot be looked after.",
              "A name has lower-case letters, digits and hyphens; servers are host:port[,host:port...].",
              "Send {\"bootstrapServers\": \"host:port\"} to /clusters/NAME.")
          .as(Response.Status.BAD_REQUEST);
    }
    exchange.request(new Request.Watch(name, servers));
    return Response.accepted().build();
  }

  @DELETE
  @Path("clusters/{name}")
  @Operation(summary = "Look after a cluster no more")
  public Response forget(String name) {
    picture();
    exchange.request(new Request.Forget(name));
    return Response.accepted().build();
  }

  private static Stream<Broker> brokers(RememberedCluster cluster) {
    return cluster.brokers().entrySet().stream()
        .map(entry -> {
          BrokerStatus status = entry.getValue();
          Instant downSince =
              switch (status) {
                case BrokerStatus.Serving _ -> null;
                case BrokerStatus.Down down -> Instant.ofEpochMilli(down.sinceMs());
              };
          return new Broker(
              cluster.name(),
              entry.getKey(),
              status.endpoint().host(),
              status.endpoint().port(),
              downSince);
        })
        .sorted(Comparator.comparingInt(Broker::brokerId));
  }

  private Picture picture() {
    return board.picture().orElseThrow(Problem::standby);
  }
}
