package io.mooring.migrator.config;

import java.util.List;

/** The configuration cannot be used; the message names every problem. */
public final class InvalidConfigException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  InvalidConfigException(List<String> problems) {
    super("migrator cannot start:\n  " + String.join("\n  ", problems));
  }
}
