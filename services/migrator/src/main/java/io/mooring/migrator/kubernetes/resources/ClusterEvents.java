package io.mooring.migrator.kubernetes.resources;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** Tells people what happened to a resource, where {@code kubectl describe} shows it. */
final class ClusterEvents {

  private static final String MIGRATOR = "mooring-migrator";
  private static final int MESSAGE_LENGTH_MAX = 1000;

  private final KubernetesClient client;
  private final String instance;
  private final Clock clock;
  private final AtomicLong number = new AtomicLong();

  ClusterEvents(KubernetesClient client, String instance, Clock clock) {
    this.client = client;
    this.instance = instance;
    this.clock = clock;
  }

  void normal(ObjectReference about, String reason, String message) {
    tell(about, "Normal", reason, message);
  }

  void warning(ObjectReference about, String reason, String message) {
    tell(about, "Warning", reason, message);
  }

  private void tell(ObjectReference about, String type, String reason, String message) {
    String now = clock.instant().toString();
    String suffix =
        "%x%x".formatted(clock.millis(), number.getAndIncrement()).toLowerCase(Locale.ROOT);
    Event event =
        new EventBuilder()
            .withNewMetadata()
            .withName(about.getName() + "." + suffix)
            .withNamespace(about.getNamespace())
            .endMetadata()
            .withInvolvedObject(about)
            .withType(type)
            .withReason(reason)
            .withMessage(
                message.length() <= MESSAGE_LENGTH_MAX
                    ? message
                    : message.substring(0, MESSAGE_LENGTH_MAX) + "…")
            .withNewSource()
            .withComponent(MIGRATOR)
            .withHost(instance)
            .endSource()
            .withReportingComponent(MIGRATOR)
            .withReportingInstance(instance)
            .withFirstTimestamp(now)
            .withLastTimestamp(now)
            .withCount(1)
            .build();
    client.resource(event).create();
  }
}
