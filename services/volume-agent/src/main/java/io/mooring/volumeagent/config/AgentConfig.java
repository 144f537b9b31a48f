package io.mooring.volumeagent.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Settings of one agent. Values that have no sensible default are optional here, so that {@link
 * AgentConfigCheck} can name every missing and every wrong one in a single message.
 */
@ConfigMapping(prefix = "mooring.agent")
public interface AgentConfig {

  /** Name of the node; set by whoever deploys the agent, equal to the orchestrator's node name. */
  Optional<String> nodeId();

  /** Address at which peers reach this node; set by whoever deploys the agent. */
  Optional<String> host();

  /** Local address to listen on; changed where a node must not listen on all its networks. */
  @WithDefault("0.0.0.0")
  String bindAddress();

  /** Region of the node, for placement; empty if there is none. */
  Optional<String> region();

  /** Zone within the region; empty if there is none. */
  Optional<String> zone();

  /** Rack within the zone; empty if there is none. */
  Optional<String> rack();

  /** Further labels of the node, passed on to placement. */
  Map<String, String> labels();

  /** Directories that hold replicas; none on a node that only attaches volumes. */
  List<Pool> pools();

  Ports ports();

  /** Unix socket of the CSI node plugin; set to where the orchestrator looks for it. */
  @WithDefault("/run/mooring/csi.sock")
  Path csiSocket();

  /** What must survive a restart of the agent: attachments, sessions, what was last known. */
  @WithDefault("/var/lib/mooring/agent")
  Path stateDir();

  /**
   * How volumes become block devices: nbd, fuse, or auto for nbd where the kernel has it. Volumes
   * that are attached already keep their way.
   */
  @WithDefault("auto")
  String attacher();

  Heartbeat heartbeat();

  Probe probe();

  Canary canary();

  Usage usage();

  Control control();

  /** A directory on one drive's file system. */
  interface Pool {
    /** Name, unique within the node. */
    Optional<String> id();

    /** The directory; it must exist, so that a drive that is not mounted is noticed. */
    Optional<Path> path();

    /** Class of the drive: low, medium or high. */
    @WithDefault("medium")
    String priority();

    /** Bytes that replicas may take; the size of the file system if it is not set. */
    Optional<MemorySize> capacity();

    /**
     * Size up to which the agent may grow the drive below the pool, which must be a file behind a
     * loop device. Without it the drive stays as it is.
     */
    Optional<MemorySize> driveMax();

    /** Labels by which rules of the autopilot select the pool. */
    Map<String, String> labels();
  }

  /** TCP ports; changed where several agents share an address. */
  interface Ports {
    @WithDefault("7420")
    int replication();

    @WithDefault("7421")
    int probe();

    /** Port of NBD exports; 0 turns them off. */
    @WithDefault("10809")
    int nbd();

    @WithDefault("7400")
    int rest();
  }

  /** How often the node tells that it lives. */
  interface Heartbeat {
    /** Detection time grows with it, load on the control topics falls. */
    @WithDefault("250ms")
    Duration interval();

    /** How often the descriptor is published although nothing changed. */
    @WithDefault("5s")
    Duration descriptorInterval();
  }

  /** Probes of peers. */
  interface Probe {
    @WithDefault("250ms")
    Duration interval();

    /** A peer that has not answered by then counts as silent; raised on slow networks. */
    @WithDefault("400ms")
    Duration timeout();

    /** Peers that one node watches; raising it costs connections, not safety. */
    @WithDefault("16")
    int peersMax();
  }

  /** Test writes into pools. */
  interface Canary {
    @WithDefault("1s")
    Duration interval();

    /** A test write that takes longer makes the pool sick; raised for slow drives. */
    @WithDefault("2s")
    Duration limit();
  }

  /** Measurement of how full volumes are. */
  interface Usage {
    @WithDefault("2s")
    Duration interval();
  }

  /** Where the control topics are. */
  interface Control {
    /** Bootstrap servers of the control Kafka. */
    Optional<String> bootstrapServers();

    /** Base of the schema registry's API. */
    Optional<URI> registryUrl();

    /** Register schemas on first use; off where a release step registers them. */
    @WithDefault("true")
    boolean autoRegister();
  }
}
