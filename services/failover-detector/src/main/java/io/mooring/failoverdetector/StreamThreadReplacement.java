package io.mooring.failoverdetector;

import jakarta.inject.Singleton;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.jboss.logging.Logger;

/**
 * A stream thread that died of the control Kafka's trouble is replaced, for ever: the new one
 * begins at the last commit, and no state is kept that would not be restored.
 */
@Singleton
class StreamThreadReplacement implements StreamsUncaughtExceptionHandler {

  private static final Logger LOG = Logger.getLogger(StreamThreadReplacement.class);

  @Override
  public StreamThreadExceptionResponse handle(Throwable cause) {
    LOG.errorf(cause, "Stream thread died and is replaced");
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }
}
