package io.mooring.migrator.outside;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the migrator asks of volume-manager. */
public final class VolumeManagerClient {

  private final RestClient rest;

  public VolumeManagerClient(RestClient rest) {
    this.rest = rest;
  }

  public List<KnownVolume> volumes() throws IOException {
    List<KnownVolume> volumes = new ArrayList<>();
    for (JsonNode volume : rest.get("/volumes")) {
      volumes.add(KnownVolume.of(volume));
    }
    return volumes;
  }

  /** By id or name. */
  public Optional<KnownVolume> volume(String volume) throws IOException {
    try {
      return Optional.of(KnownVolume.of(rest.get("/volumes/" + RestClient.encoded(volume))));
    } catch (OutsideException e) {
      if (e.isNotFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Makes a volume that is half until it was filled for a purpose. Idempotent; refused if there is
   * a volume of the name with other parameters.
   */
  public KnownVolume create(
      String name, long sizeBytes, Map<String, String> parameters, String filledFor)
      throws IOException {
    JsonNode result =
        rest.post(
            "/volumes",
            Map.of(
                "name",
                name,
                "sizeBytes",
                sizeBytes,
                "parameters",
                parameters,
                "filledFor",
                filledFor));
    return KnownVolume.of(
        rest.get("/volumes/" + RestClient.encoded(result.path("volumeId").asText())));
  }

  /**
   * Gives a volume to a node for a purpose, to write all of its content anew: it is half until it
   * is given back as whole. Refused with VOL-037 while it is published for another one, and with
   * VOL-038 if it was after the epoch.
   */
  public void publishToFill(String volumeId, String node, String purpose, long untouchedSince)
      throws IOException {
    rest.post(
        "/volumes/" + RestClient.encoded(volumeId) + "/publish",
        Map.of("node", node, "purpose", purpose, "untouchedSince", untouchedSince, "fills", true));
  }

  /**
   * Takes back what was published for a purpose, after a clean close; if it was half, it stays so.
   */
  public void unpublish(String volumeId, String node, String purpose) throws IOException {
    unpublish(volumeId, Map.of("node", node, "force", false, "purpose", purpose));
  }

  /** Takes back what was filled for a purpose in the publication of this epoch: it is whole. */
  public void unpublishWhole(String volumeId, String node, String purpose, long epoch)
      throws IOException {
    unpublish(
        volumeId, Map.of("node", node, "force", false, "purpose", purpose, "filledEpoch", epoch));
  }

  /**
   * Takes back what was published for a purpose from a node that does not answer, which is fenced.
   * Refused with VOL-037 if it is published for another one.
   */
  public void unpublishByForce(String volumeId, String node, String purpose) throws IOException {
    unpublish(volumeId, Map.of("node", node, "force", true, "purpose", purpose));
  }

  private void unpublish(String volumeId, Map<String, Object> how) throws IOException {
    rest.post("/volumes/" + RestClient.encoded(volumeId) + "/unpublish", how);
  }

  /** Asks for one snapshot of each volume, all of one moment; the same key, the same set. */
  public SnapshotSet snapshot(
      String name, List<String> volumeIds, Map<String, String> labels, String key)
      throws IOException {
    return SnapshotSet.of(
        rest.post("/snapshots", Map.of("name", name, "volumes", volumeIds, "labels", labels), key));
  }

  public Optional<SnapshotSet> snapshotSet(String id) throws IOException {
    try {
      return Optional.of(SnapshotSet.of(rest.get("/snapshots/" + RestClient.encoded(id))));
    } catch (OutsideException e) {
      if (e.isNotFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  public List<SnapshotSet> snapshotSets() throws IOException {
    List<SnapshotSet> sets = new ArrayList<>();
    for (JsonNode set : rest.get("/snapshots")) {
      sets.add(SnapshotSet.of(set));
    }
    return sets;
  }

  /** Deletes a set; one that is gone is deleted. */
  public void deleteSnapshots(String id) throws IOException {
    try {
      rest.delete("/snapshots/" + RestClient.encoded(id));
    } catch (OutsideException e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
  }
}
