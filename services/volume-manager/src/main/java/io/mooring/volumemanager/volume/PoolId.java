package io.mooring.volumemanager.volume;

/** A pool: a name, unique within its node. */
public record PoolId(NodeId node, String name) {

  @Override
  public String toString() {
    return node + "/" + name;
  }
}
