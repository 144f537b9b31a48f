package io.mooring.volumemanager.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mooring.volumemanager.volume.Rejection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An error as RFC 9457 describes it, with the stable code and what, why and fix. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
    String type,
    String title,
    int status,
    String code,
    String what,
    String why,
    String fix,
    @Nullable UUID correlationId) {

  static final String MEDIA_TYPE = "application/problem+json";

  static Problem of(Rejection rejection, int status, @Nullable UUID correlationId) {
    return new Problem(
        "urn:mooring:error:" + rejection.code(),
        rejection.what(),
        status,
        rejection.code(),
        rejection.what(),
        rejection.why(),
        rejection.fix(),
        correlationId);
  }
}
