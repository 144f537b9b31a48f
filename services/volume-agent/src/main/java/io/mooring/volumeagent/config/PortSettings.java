package io.mooring.volumeagent.config;

/** Where the agent listens; 0 lets the kernel choose, except for NBD, where it means off. */
public record PortSettings(String bindAddress, int replication, int probe, int nbd, int rest) {}
