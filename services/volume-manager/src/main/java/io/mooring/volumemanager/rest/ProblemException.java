package io.mooring.volumemanager.rest;

import io.mooring.volumemanager.volume.Rejection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Ends a request with a problem. */
final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  ProblemException(Rejection rejection, int status, @Nullable UUID correlationId) {
    super(rejection.toString());
    this.problem = Problem.of(rejection, status, correlationId);
  }

  Problem problem() {
    return problem;
  }
}
