package io.mooring.volumeagent.rest;

import io.mooring.volumeagent.staging.StagingException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** Refusals as HTTP answers: the status for programs, code and text for people. */
@Provider
public class RefusalMapper implements ExceptionMapper<StagingException> {

  /** Body of an error. */
  public record Refusal(String code, String message) {}

  @Override
  public Response toResponse(StagingException refusal) {
    Response.Status status =
        switch (refusal.reason()) {
          case INVALID -> Response.Status.BAD_REQUEST;
          case NOT_FOUND -> Response.Status.NOT_FOUND;
          case CONFLICT, PRECONDITION, PENDING -> Response.Status.CONFLICT;
          case UNAVAILABLE -> Response.Status.SERVICE_UNAVAILABLE;
          case FAILED -> Response.Status.INTERNAL_SERVER_ERROR;
        };
    return Response.status(status)
        .type(MediaType.APPLICATION_JSON)
        .entity(new Refusal(refusal.code(), String.valueOf(refusal.getMessage())))
        .build();
  }
}
