package io.mooring.volumeagent.config;

import java.net.URI;

/** Where the control topics and their schemas are. */
public record ControlSettings(String bootstrapServers, URI registryUrl, boolean autoRegister) {}
