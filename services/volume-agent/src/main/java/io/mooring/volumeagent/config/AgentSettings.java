package io.mooring.volumeagent.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The checked configuration. */
public record AgentSettings(
    NodeSettings node,
    List<PoolSettings> pools,
    PortSettings ports,
    ControlSettings control,
    AttacherRoute attacher,
    AgentConfig config) {

  /** What is in effect, by key, for the log. Nothing in it is secret. */
  public Map<String, String> effective() {
    Map<String, String> effective = new LinkedHashMap<>();
    effective.put("node-id", node.nodeId());
    effective.put("host", node.host());
    effective.put("region", node.region());
    effective.put("zone", node.zone());
    effective.put("rack", node.rack());
    effective.put("labels", node.labels().toString());
    pools.forEach(pool -> effective.put("pool." + pool.poolId(), pool.toString()));
    effective.put("ports", ports.toString());
    effective.put("csi-socket", config.csiSocket().toString());
    effective.put("state-dir", config.stateDir().toString());
    effective.put("attacher", config.attacher() + " -> " + attacher);
    effective.put("heartbeat.interval", config.heartbeat().interval().toString());
    effective.put(
        "heartbeat.descriptor-interval", config.heartbeat().descriptorInterval().toString());
    effective.put("probe.interval", config.probe().interval().toString());
    effective.put("probe.timeout", config.probe().timeout().toString());
    effective.put("probe.peers-max", Integer.toString(config.probe().peersMax()));
    effective.put("canary.interval", config.canary().interval().toString());
    effective.put("canary.limit", config.canary().limit().toString());
    effective.put("usage.interval", config.usage().interval().toString());
    effective.put("control", control.toString());
    return effective;
  }
}
