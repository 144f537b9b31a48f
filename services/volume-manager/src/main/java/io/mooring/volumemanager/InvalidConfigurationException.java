package io.mooring.volumemanager;

import java.util.List;

/** The configuration cannot be used; the message names every problem. */
final class InvalidConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  InvalidConfigurationException(List<String> problems) {
    super("volume-manager cannot start:\n  " + String.join("\n  ", problems));
  }
}
