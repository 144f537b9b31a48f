package io.mooring.migrator.control;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Lets schedules go on each second, on the instance that decides. */
@ApplicationScoped
class ScheduleClock {

  private static final Logger LOG = Logger.getLogger(ScheduleClock.class);
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final Scheduler scheduler;
  private final KafkaClientService clients;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("schedules").daemon().factory());

  ScheduleClock(Scheduler scheduler, KafkaClientService clients) {
    this.scheduler = scheduler;
    this.clients = clients;
  }

  void start(@Observes StartupEvent event) {
    thread.scheduleWithFixedDelay(this::tick, 1, 1, TimeUnit.SECONDS);
  }

  void stop(@Observes ShutdownEvent event) {
    thread.shutdownNow();
  }

  private void tick() {
    try {
      if (decides()) {
        scheduler.tick(Instant.now());
      }
    } catch (RuntimeException e) {
      LOG.warnf(e, "Schedules were not looked at and are a second later");
    }
  }

  private boolean decides() {
    KafkaConsumer<?, ?> consumer = clients.getConsumer("inputs");
    return consumer != null && !consumer.getAssignments().await().atMost(LIMIT).isEmpty();
  }
}
