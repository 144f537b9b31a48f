package io.mooring.autopilot.stream;

import java.nio.file.Path;

/**
 * Where a rule came from. Who put a rule in use owns its name: what belongs to Kubernetes is
 * changed there alone, and Kubernetes leaves alone what came from elsewhere.
 */
public final class RuleOrigin {

  public static final String REST = "rest";
  public static final String KUBERNETES = "kubernetes";

  private RuleOrigin() {}

  public static String file(Path file) {
    return "file " + file;
  }
}
