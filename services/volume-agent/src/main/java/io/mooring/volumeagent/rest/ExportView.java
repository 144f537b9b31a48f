package io.mooring.volumeagent.rest;

import io.mooring.volumeagent.config.NodeSettings;
import io.mooring.volumeagent.export.ExportServer;
import org.jspecify.annotations.Nullable;

/**
 * Where clients find an export; each address as libnbd and qemu take it.
 *
 * @param tcp null if the agent does not listen on TCP
 */
public record ExportView(
    String name, long sizeBytes, boolean readOnly, @Nullable String tcp, String unix) {

  static ExportView of(ExportServer.Export export, NodeSettings node) {
    return new ExportView(
        export.name(),
        export.sizeBytes(),
        export.readOnly(),
        export.tcp() == null
            ? null
            : "nbd://%s:%d/%s".formatted(node.host(), export.tcp().getPort(), export.name()),
        "nbd+unix:///%s?socket=%s".formatted(export.name(), export.socket()));
  }
}
