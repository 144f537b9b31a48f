package io.mooring.migrator.kubernetes.resources;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mooring.migrator.outside.ApplicationObjects.ApplicationObject;
import io.mooring.migrator.outside.RepositoryDoor;
import io.mooring.migrator.work.Contents;
import io.mooring.migrator.work.WorkRefusedException;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStatus;
import io.mooring.storage.backup.Repository;
import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/**
 * Which objects a migration has brought to the target, by its backup. They are read once it is
 * over; until then it is known how many they are.
 */
final class MovedObjects {

  private static final Logger LOG = Logger.getLogger(MovedObjects.class);
  private static final int RESOURCES_MAX = 1000;

  private static final Duration PAUSE = Duration.ofMinutes(1);

  private final Map<String, Instant> again = new HashMap<>();
  private final RepositoryDoor repository;
  private final Clock clock;

  MovedObjects(RepositoryDoor repository, Clock clock) {
    this.repository = repository;
    this.clock = clock;
  }

  /** Empty if it is not known, and may be later. */
  Optional<List<Map<String, Object>>> of(MigrationState state) {
    return switch (state.getStatus()) {
      case PENDING, IN_PROGRESS -> Optional.empty();
      case FAILED, PURGED -> Optional.of(List.of());
      case SUCCESSFUL, PARTIAL_SUCCESS -> moved(state);
    };
  }

  private Optional<List<Map<String, Object>>> moved(MigrationState state) {
    if (state.getResourcesTotal() == 0) {
      return Optional.of(List.of());
    }
    // A store that is away keeps nothing else waiting for long.
    Instant pausing = again.get(state.getName());
    if (pausing != null && clock.instant().isBefore(pausing)) {
      return Optional.empty();
    }
    try {
      Repository opened = repository.look();
      return Optional.of(
          Contents.of(opened, opened.backup(state.getName())).objects().stream()
              .limit(RESOURCES_MAX)
              .map(MovedObjects::text)
              .toList());
    } catch (WorkRefusedException e) {
      return untold(state, e);
    } catch (BackupException e) {
      boolean gone = e.fault() == Fault.NO_BACKUP || e.fault().isDamage();
      return gone ? untold(state, e) : later(state, e);
    } catch (IOException e) {
      return later(state, e);
    }
  }

  private static Optional<List<Map<String, Object>>> untold(MigrationState state, Exception e) {
    LOG.infof("What was moved is not told; migration=%s cause=%s", state.getName(), e.getMessage());
    return Optional.of(List.of());
  }

  private Optional<List<Map<String, Object>>> later(MigrationState state, Exception e) {
    LOG.infof(
        "What was moved is told later; migration=%s cause=%s", state.getName(), e.getMessage());
    again.put(state.getName(), clock.instant().plus(PAUSE));
    return Optional.empty();
  }

  private static Map<String, Object> text(ApplicationObject object) {
    Map<String, Object> text = new TreeMap<>();
    String version =
        Serialization.unmarshal(object.manifest(), JsonNode.class).path("apiVersion").asText("");
    int slash = version.indexOf('/');
    text.put("name", object.name());
    text.put("namespace", object.namespace());
    text.put("group", slash < 0 ? "" : version.substring(0, slash));
    text.put("version", version.substring(slash + 1));
    text.put("kind", object.kind());
    text.put("status", MigrationStatusText.status(MigrationStatus.SUCCESSFUL));
    text.put("reason", "");
    return text;
  }
}
