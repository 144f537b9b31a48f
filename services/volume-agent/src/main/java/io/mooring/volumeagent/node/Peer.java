package io.mooring.volumeagent.node;

/** Where a peer's probe responder listens. */
public record Peer(String nodeId, String host, int probePort) {}
