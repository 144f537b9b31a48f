package io.mooring.autopilot.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** All settings of the autopilot. What it does to volumes is set by rules, not here. */
@ConfigMapping(prefix = "mooring.autopilot")
public interface AutopilotConfig {

  /** Name of this instance in the source of its events; set it where several instances run. */
  @WithDefault("autopilot")
  String instance();

  /**
   * File with rules that are put in use at each start, and taken out of use when they are gone from
   * it. Rules that came over REST are left alone.
   */
  Optional<Path> rulesFile();

  Registry registry();

  Samples samples();

  Resize resize();

  WhatIf whatIf();

  Prometheus prometheus();

  Kubernetes kubernetes();

  /** A Kubernetes cluster whose rules, claims and approvals count. */
  interface Kubernetes {

    @WithDefault("false")
    boolean enabled();

    /**
     * Namespace of the lease and of what is about volumes without a claim; that of the pod, if it
     * is not set.
     */
    Optional<String> namespace();

    /** Name of Mooring's CSI driver, if the deployment gave it another. */
    @WithDefault("csi.mooring.io")
    String csiDriver();

    /** After this time without news of the leader another instance takes its place. */
    @WithDefault("15s")
    Duration leaseDuration();
  }

  /**
   * A server with Prometheus's query API, for conditions that are more than arithmetic over what
   * agents measure. Without a url such conditions are problems of their rules.
   */
  interface Prometheus {

    /** Address, with a path if the API is below one. */
    Optional<URI> url();

    /** Value of the header Authorization; it does not change, unlike a token in a file. */
    Optional<String> authorization();

    /** File with a bearer token, read for each request. */
    Optional<Path> bearerFile();

    /** Of a whole request; raise it for queries over long ranges. */
    @WithDefault("10s")
    Duration timeout();

    /** Rules cannot have a query asked more often; raise it to spare the server. */
    @WithDefault("10s")
    Duration pollIntervalMin();

    /**
     * How old a sample may be that the server still computes with: its {@code
     * --query.lookback-delta}. Nothing is answered within that time after a volume has grown.
     */
    @WithDefault("5m")
    Duration lookBack();
  }

  /** The schema registry. */
  interface Registry {
    URI url();

    /** Switch off where schemas are registered by the release. */
    @WithDefault("true")
    boolean autoRegister();
  }

  /** Measurements of volumes. */
  interface Samples {
    /**
     * An older measurement leads to nothing. Raise it where the clocks of the nodes differ by more,
     * or where agents measure less often.
     */
    @WithDefault("30s")
    Duration ageMax();
  }

  /** Resizes that were asked for. */
  interface Resize {
    /** Pause after a refusal; lower it where refusals end soon by themselves. */
    @WithDefault("30s")
    Duration retryAfter();

    /** After this time a resize that nobody took is refused instead of done late. */
    @WithDefault("5m")
    Duration commandLifetime();
  }

  /** Replays of recorded measurements. */
  interface WhatIf {
    /** A replay that takes longer is given up. */
    @WithDefault("60s")
    Duration timeMax();
  }
}
