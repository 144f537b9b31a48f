package io.mooring.localcluster.storage;

import io.mooring.localcluster.ClusterFiles;
import io.mooring.localcluster.orchestrator.VolumeClaim;
import io.mooring.localcluster.orchestrator.Volumes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Directories of the host in place of volumes. */
public final class PlainDirectories implements Volumes {

  private final ClusterFiles files;
  private final Supplier<Set<String>> nodes;

  public PlainDirectories(ClusterFiles files, Supplier<Set<String>> nodes) {
    this.files = files;
    this.nodes = nodes;
  }

  @Override
  public String create(String name, VolumeClaim claim) {
    return name;
  }

  @Override
  public Set<String> replicaNodes(String volumeId) {
    return nodes.get();
  }

  @Override
  public Map<String, String> publish(String volumeId, String node) {
    return Map.of();
  }

  @Override
  public void unpublish(String volumeId, String node) {}

  @Override
  public Path mount(String volumeId, String node, String pod, Map<String, String> publishContext) {
    try {
      return Files.createDirectories(files.root().resolve("plain").resolve(volumeId));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a directory for " + volumeId, e);
    }
  }

  @Override
  public void unmount(String volumeId, String node, String pod) {}
}
