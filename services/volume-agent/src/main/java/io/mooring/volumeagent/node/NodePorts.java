package io.mooring.volumeagent.node;

/** Ports that this node's servers are really bound to. */
public record NodePorts(int replication, int probe, int nbd, int rest) {}
