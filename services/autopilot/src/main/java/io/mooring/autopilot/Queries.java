package io.mooring.autopilot;

import io.mooring.autopilot.config.AutopilotConfig;
import io.mooring.autopilot.prometheus.QueryBoard;
import io.mooring.autopilot.prometheus.QueryPoller;
import io.mooring.autopilot.stream.AutopilotParts;
import io.mooring.autopilot.stream.ControlTopicWriter;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Asks the queries of rules while the autopilot runs, if there is a server to ask. */
@Singleton
class Queries {

  private final Optional<QueryPoller> poller;

  Queries(
      AutopilotConfig config, AutopilotParts parts, QueryBoard board, ControlTopicWriter writer) {
    this.poller =
        config.prometheus().url().isPresent()
            ? Optional.of(QueryPoller.of(config.prometheus(), parts, board, writer::answered))
            : Optional.empty();
  }

  void onStart(@Observes StartupEvent event) {
    poller.ifPresent(QueryPoller::start);
  }

  void onStop(@Observes ShutdownEvent event) {
    poller.ifPresent(QueryPoller::close);
  }
}
