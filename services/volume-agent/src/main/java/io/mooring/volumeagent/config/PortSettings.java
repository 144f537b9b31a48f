package io.mooring.volumeagent.config;

import java.net.InetSocketAddress;
import java.util.Optional;

/** Where the agent listens; 0 lets the kernel choose, except for NBD, where it means off. */
public record PortSettings(String bindAddress, int replication, int probe, int nbd, int rest) {

  /** Where NBD exports are served over TCP; empty if that is turned off. */
  public Optional<InetSocketAddress> nbdAddress() {
    return nbd == 0 ? Optional.empty() : Optional.of(new InetSocketAddress(bindAddress, nbd));
  }
}
