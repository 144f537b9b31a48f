package io.mooring.volumeagent.config;

import java.util.Map;

/** Who this node is and where it stands. */
public record NodeSettings(
    String nodeId,
    String host,
    String region,
    String zone,
    String rack,
    Map<String, String> labels) {}
