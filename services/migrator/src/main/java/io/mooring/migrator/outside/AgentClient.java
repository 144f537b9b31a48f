package io.mooring.migrator.outside;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.storage.backup.ByteRange;
import io.mooring.storage.backup.NbdVolume;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the migrator asks of the agent of one node. */
public final class AgentClient {

  private final RestClient rest;
  private final String node;

  AgentClient(String node, RestClient rest) {
    this.node = node;
    this.rest = rest;
  }

  public String node() {
    return node;
  }

  /** Where an export is. */
  public record Export(InetSocketAddress address, String name) {

    public NbdVolume connect(Duration timeout) throws IOException {
      return NbdVolume.connect(address, name, timeout);
    }
  }

  /** Exports a snapshot of the node's own replica, read-only. */
  public Export exportSnapshot(String volumeId, String snapshotId) throws IOException {
    return export(rest.post(snapshot(volumeId, snapshotId) + "/export", RestClient.nothing()));
  }

  public void withdrawSnapshot(String volumeId, String snapshotId) throws IOException {
    withdraw(snapshot(volumeId, snapshotId) + "/export");
  }

  /** What differs between two snapshots; empty if the node cannot tell, so that all is read. */
  public Optional<List<ByteRange>> changes(String volumeId, String snapshotId, String since)
      throws IOException {
    JsonNode extents;
    try {
      extents =
          rest.get(snapshot(volumeId, snapshotId) + "/changes?since=" + RestClient.encoded(since));
    } catch (OutsideException e) {
      return Optional.empty();
    }
    if (!extents.isArray()) {
      return Optional.empty();
    }
    List<ByteRange> ranges = new ArrayList<>();
    for (JsonNode extent : extents) {
      if (!extent.path("offset").isIntegralNumber() || !extent.path("length").isIntegralNumber()) {
        return Optional.empty();
      }
      if (extent.path("length").asLong() > 0) {
        ranges.add(new ByteRange(extent.path("offset").asLong(), extent.path("length").asLong()));
      }
    }
    return Optional.of(ranges);
  }

  /**
   * Exports a volume that was given to the node under an epoch. Refused if the node has it under
   * another one.
   */
  public Export exportVolume(String volumeId, long epoch, boolean readOnly) throws IOException {
    String path = volume(volumeId) + "/export?epoch=" + epoch + "&readOnly=" + readOnly;
    return export(rest.post(path, RestClient.nothing()));
  }

  /**
   * Takes the export away, and with it whoever uses it. What the node has under a later epoch stays
   * as it is.
   */
  public void withdrawVolume(String volumeId, long epoch) throws IOException {
    withdraw(volume(volumeId) + "/export?epoch=" + epoch);
  }

  private void withdraw(String path) throws IOException {
    try {
      rest.delete(path);
    } catch (OutsideException e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
  }

  private Export export(JsonNode view) throws IOException {
    String tcp = view.path("tcp").asText("");
    if (!tcp.startsWith("nbd://")) {
      throw new OutsideException(
          "MIG-055 The agent of node '%s' exports nothing over TCP. Its NBD port is off."
                  .formatted(node)
              + " Set mooring.agent.ports.nbd.",
          422);
    }
    URI uri = URI.create(tcp.replaceFirst("(nbd://[^/]*).*", "$1"));
    return new Export(
        new InetSocketAddress(uri.getHost(), uri.getPort()), view.path("name").asText());
  }

  private static String volume(String volumeId) {
    return "/volumes/" + RestClient.encoded(volumeId);
  }

  private static String snapshot(String volumeId, String snapshotId) {
    return volume(volumeId) + "/snapshots/" + RestClient.encoded(snapshotId);
  }
}
