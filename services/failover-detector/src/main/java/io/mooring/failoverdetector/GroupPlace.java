package io.mooring.failoverdetector;

import io.mooring.streams.StaticMembership;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.streams.KafkaStreams;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Keeps this instance's place in its group when it is killed, and gives it up when it stops. */
@Singleton
class GroupPlace {

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  /** Before Quarkus closes the streams in its own way, which leaves the place occupied. */
  private static final int FIRST = 1;

  @Produces
  @Singleton
  StaticMembership membership(@ConfigProperty(name = "kafka-streams.state.dir") Path stateDir) {
    return StaticMembership.in(stateDir, "failover-detector");
  }

  void leave(@Observes @Priority(FIRST) ShutdownEvent event, KafkaStreams streams) {
    StaticMembership.leave(streams, CLOSE_LIMIT);
  }

  void close(@Disposes StaticMembership membership) {
    membership.close();
  }
}
