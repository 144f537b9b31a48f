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
