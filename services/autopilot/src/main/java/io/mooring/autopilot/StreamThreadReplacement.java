package io.mooring.autopilot;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.jboss.logging.Logger;

/**
 * A stream thread that died of the control Kafka's or the registry's trouble is replaced, for ever:
 * the new one begins at the last commit.
 */
@Singleton
class StreamThreadReplacement implements StreamsUncaughtExceptionHandler {

  private static final Logger LOG = Logger.getLogger(StreamThreadReplacement.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  @Override
  public StreamThreadExceptionResponse handle(Throwable cause) {
    LOG.errorf(cause, "Stream thread died and is replaced");
    LockSupport.parkNanos(PAUSE.toNanos());
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }
}
