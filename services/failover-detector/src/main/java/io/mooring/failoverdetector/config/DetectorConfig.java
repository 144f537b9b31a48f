package io.mooring.failoverdetector.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * All settings of the detector. The defaults suit nodes on one local network; the sentences say who
 * turns what.
 */
@ConfigMapping(prefix = "mooring.detector")
public interface DetectorConfig {

  /** Name of this instance in the source of its events; set it where several instances run. */
  @WithDefault("detector")
  String instance();

  Registry registry();

  Heartbeats heartbeats();

  Suspicion suspicion();

  Votes votes();

  Verdict verdict();

  Own own();

  Disks disks();

  Brokers brokers();

  /** Kafka clusters to look after, by name; more can be added over REST. */
  Map<String, Cluster> clusters();

  /** The schema registry. */
  interface Registry {
    URI url();

    /** Switch off where schemas are registered by the release. */
    @WithDefault("true")
    boolean autoRegister();
  }

  /** What agents do; change together with the agents. */
  interface Heartbeats {
    /** Interval at which agents beat. */
    @WithDefault("250ms")
    Duration interval();

    /**
     * A beat that waited longer in its topic has no vote; raise it if the clocks of the hosts are
     * far apart.
     */
    @WithDefault("5s")
    Duration ageLimit();
  }

  /** When NodeSuspected is published; it has no consequences. */
  interface Suspicion {
    /** Raise it if NodeSuspected is followed by NodeCleared too often. */
    @WithDefault("8.0")
    double phi();

    /** Number of gaps between beats that are remembered. */
    @WithDefault("100")
    int window();

    /** Floor of the deviation of the gaps; raise it on overloaded machines. */
    @WithDefault("100ms")
    Duration minDeviation();

    /**
     * After all nodes were silent: time for them to reconnect. For so long a silent node is also
     * waited for as a witness of others.
     */
    @WithDefault("2s")
    Duration settle();
  }

  /** Who may vote. */
  interface Votes {
    /** An observer's beat must not be older. */
    @WithDefault("750ms")
    Duration window();

    /**
     * An observer that was not scheduled for longer has no vote, unless what it saw cannot come
     * from that.
     */
    @WithDefault("200ms")
    Duration stalledLimit();

    /** Share of the voters that must be exceeded. */
    @WithDefault("0.5")
    double majority();
  }

  /** When NodeDown is published; shorter is faster, longer forgives more. */
  interface Verdict {
    /** Silence, if nothing answers at the node. */
    @WithDefault("1s")
    Duration minSilence();

    /**
     * An observer must have seen nothing else for so long: twice the time limit of its probes, so
     * two of them.
     */
    @WithDefault("800ms")
    Duration minUnreachable();

    /**
     * Time without a sign of life if the kernel accepts connections and the agent does not read.
     */
    @WithDefault("10s")
    Duration stalledGrace();

    /**
     * Time without a sign of life if the kernel refuses connections: longer than a restart of the
     * agent.
     */
    @WithDefault("30s")
    Duration agentGrace();

    /** Beats of a down node before it counts as up. */
    @WithDefault("3")
    int upBeats();
  }

  /** The detector itself. */
  interface Own {
    /** Interval at which everything is judged. */
    @WithDefault("50ms")
    Duration tick();

    /** A longer gap is the detector's own pause and is not held against the nodes. */
    @WithDefault("300ms")
    Duration pauseLimit();
  }

  /** Hysteresis of DiskSick and DiskHealthy. */
  interface Disks {
    /** Beats in a row that report a failed canary. */
    @WithDefault("3")
    int sickBeats();

    /** Beats in a row that report a good one. */
    @WithDefault("20")
    int healthyBeats();
  }

  /** Watching the brokers of the clusters. */
  interface Brokers {
    /** Time between two readings; raise it for clusters with very many partitions. */
    @WithDefault("250ms")
    Duration pollInterval();

    /** Limit of one request. */
    @WithDefault("2s")
    Duration requestTimeout();

    /**
     * How long a NodeDown may explain the loss of a broker: longer than the brokers' session
     * timeout.
     */
    @WithDefault("60s")
    Duration incidentWindow();

    /**
     * Time between two looks at what the logs can come to hold; raise it for clusters with very
     * many partitions, and not past two minutes, because the autopilot does without what is older
     * than five.
     */
    @WithDefault("60s")
    Duration retentionInterval();
  }

  /** One Kafka cluster. */
  interface Cluster {
    @WithName("bootstrap-servers")
    String bootstrapServers();

    /**
     * Name of the brokers' pods, in which {id} stands for the broker's id; needed where brokers
     * advertise other hosts than pod.service.namespace.
     */
    Optional<String> pods();

    /** Namespace of the brokers' pods; needed as the names are. */
    Optional<String> namespace();
  }
}
