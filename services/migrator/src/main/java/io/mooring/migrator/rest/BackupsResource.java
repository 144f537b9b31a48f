package io.mooring.migrator.rest;

import io.mooring.migrator.control.StateView;
import io.mooring.migrator.kafka.KafkaCluster;
import io.mooring.migrator.kafka.KafkaCut;
import io.mooring.migrator.kafka.KafkaReport;
import io.mooring.migrator.outside.RepositoryDoor;
import io.mooring.migrator.work.BackupNames;
import io.mooring.migrator.work.Contents;
import io.mooring.migrator.work.WorkRefusedException;
import io.mooring.schemas.MigrationStatus;
import io.mooring.storage.backup.PruneJob;
import io.mooring.storage.backup.PruneReport;
import io.mooring.storage.backup.PruneSettings;
import io.mooring.storage.backup.Repository;
import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.format.RootObject;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What is in the object store. */
@Path("/backups")
@Tag(name = "backups")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.WILDCARD)
@RunOnVirtualThread
public class BackupsResource {

  private static final Duration PARTS_KEPT = Duration.ofDays(1);

  /**
   * A backup.
   *
   * @param damage why its root cannot be read; null if it can
   * @param part whether it is a part of one that is not joined yet, or that failed
   */
  public record BackupView(
      String name,
      @Nullable Instant at,
      String cut,
      long contentBytes,
      boolean part,
      @Nullable String damage,
      List<VolumeInBackup> volumes,
      List<String> objects) {}

  /** One of its volumes. */
  public record VolumeInBackup(String name, String snapshot, long sizeBytes) {}

  private final RepositoryDoor door;
  private final BackupChecks checks;
  private final StateView view;

  BackupsResource(RepositoryDoor door, BackupChecks checks, StateView view) {
    this.door = door;
    this.checks = checks;
    this.view = view;
  }

  @GET
  @Operation(summary = "All backups of the repository, whoever made them")
  public List<BackupView> all() throws IOException {
    Repository repository = door.look();
    List<BackupView> backups = new ArrayList<>();
    for (String name : repository.backups()) {
      try {
        backups.add(view(name, repository.backup(name)));
      } catch (BackupException e) {
        if (!e.fault().isDamage()) {
          throw e;
        }
        backups.add(
            new BackupView(
                name, null, "", 0, false, String.valueOf(e.getMessage()), List.of(), List.of()));
      }
    }
    return backups;
  }

  @GET
  @Path("{name}")
  @Operation(summary = "One backup with its volumes and objects")
  public BackupView one(@PathParam("name") String name) throws IOException {
    return view(name, door.look().backup(name));
  }

  @POST
  @Path("{name}/verify")
  @Operation(summary = "Begins to read a backup as a restore would, all of it or a sample")
  public Response verify(
      @PathParam("name") String name, @QueryParam("fraction") @DefaultValue("1") double fraction)
      throws IOException {
    if (!(fraction > 0 && fraction <= 1)) {
      throw Problem.malformed("The fraction is not above 0 and at most 1.");
    }
    return Response.accepted(checks.begin(name, fraction)).build();
  }

  @GET
  @Path("{name}/verify")
  @Operation(summary = "How far the check of a backup has come on this instance, or what it found")
  public BackupChecks.CheckView verified(@PathParam("name") String name) {
    return checks
        .of(name)
        .orElseThrow(() ->
            new Problem(
                    "MIG-081",
                    "Backup '%s' is not being verified.".formatted(name),
                    "Nobody asked for it, or this instance was started since.",
                    "Begin with POST /backups/%s/verify.".formatted(name))
                .as(Response.Status.NOT_FOUND));
  }

  @GET
  @Path("{name}/kafka")
  @Operation(summary = "What the Kafka cluster had committed before the snapshots were taken")
  @APIResponse(responseCode = "404", description = "Nothing was recorded")
  public KafkaCut kafka(@PathParam("name") String name) throws IOException {
    Repository repository = door.look();
    try {
      return Contents.of(repository, repository.backup(name))
          .kafka()
          .orElseThrow(() -> noCut(name));
    } catch (WorkRefusedException e) {
      throw noCut(name);
    }
  }

  @POST
  @Path("{name}/kafka/check")
  @Operation(summary = "Whether a Kafka cluster has all that was committed before the snapshots")
  public KafkaReport checkKafka(
      @PathParam("name") String name,
      @QueryParam("bootstrapServers") @Nullable String bootstrapServers)
      throws IOException {
    if (bootstrapServers == null || bootstrapServers.isBlank()) {
      throw Problem.malformed("The request has no bootstrapServers.");
    }
    return new KafkaCluster(bootstrapServers).check(kafka(name));
  }

  private static WebApplicationException noCut(String name) {
    return new Problem(
            "MIG-082",
            "Backup '%s' does not tell what Kafka had committed.".formatted(name),
            "No Kafka cluster was configured when it was made, or none ran on its volumes.",
            "Set mooring.migrator.application.kafka-bootstrap-servers, and make the next one while the"
                + " brokers run.")
        .as(Response.Status.NOT_FOUND);
  }

  @DELETE
  @Path("{name}")
  @Operation(summary = "Deletes a backup; its space is free after two prunes")
  public void delete(@PathParam("name") String name) throws IOException {
    door.look().delete(name, "deleted over REST");
  }

  @POST
  @Path("prune")
  @Operation(
      summary = "Frees what no backup needs: lists it now, deletes what was listed a day ago")
  public PruneReport prune() throws IOException {
    Repository repository = door.open(0);
    Instant before = Instant.now().minus(PARTS_KEPT);
    for (String name : repository.backups()) {
      if (BackupNames.isPart(name) && isLeft(name, before)) {
        repository.delete(name, "part of a migration that is over");
      }
    }
    return new PruneJob(repository, PruneSettings.DEFAULT).run();
  }

  /** Parts serve the next try for a day; those of another cluster's migrations are its own. */
  private boolean isLeft(String part, Instant before) {
    return view.migrations().stream()
        .filter(state -> part.startsWith(state.getName() + "-"))
        .filter(state -> state.getStatus() != MigrationStatus.IN_PROGRESS)
        .anyMatch(state -> state.getFinishedAt() != null && state.getFinishedAt().isBefore(before));
  }

  private static BackupView view(String name, RootObject.Complete root) {
    return new BackupView(
        name,
        root.at(),
        root.cut(),
        root.contentBytes(),
        BackupNames.isPart(name),
        null,
        root.volumes().stream()
            .map(volume -> new VolumeInBackup(volume.name(), volume.snapshot(), volume.sizeBytes()))
            .toList(),
        root.objects().stream().map(RootObject.ApplicationObject::name).toList());
  }
}
