package io.mooring.migrator.work;

import java.io.IOException;

/** A command of a rule failed; the message has code, what, why and what to do. */
final class RuleFailedException extends IOException {

  private static final long serialVersionUID = 1L;

  RuleFailedException(String message) {
    super(message);
  }
}
