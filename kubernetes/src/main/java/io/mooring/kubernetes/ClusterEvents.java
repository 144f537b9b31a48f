package io.mooring.kubernetes;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** Tells people what happened to a resource, where {@code kubectl describe} shows it. */
public final class ClusterEvents {

  /** Events about what is in no namespace are there. */
  private static final String NAMESPACE = "default";

  private static final int MESSAGE_LENGTH_MAX = 1000;

  private final KubernetesClient client;
  private final String component;
  private final String instance;
  private final Clock clock;
  private final AtomicLong number = new AtomicLong();

  /**
   * @param component service that tells
   * @param instance which of its instances
   */
  public ClusterEvents(KubernetesClient client, String component, String instance, Clock clock) {
    this.client = client;
    this.component = component;
    this.instance = instance;
    this.clock = clock;
  }

  public void normal(ObjectReference about, String reason, String message) {
    tell(about, "Normal", reason, message);
  }

  public void warning(ObjectReference about, String reason, String message) {
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
            .withNamespace(Objects.requireNonNullElse(about.getNamespace(), NAMESPACE))
            .endMetadata()
            .withInvolvedObject(about)
            .withType(type)
            .withReason(reason)
            .withMessage(
                message.length() <= MESSAGE_LENGTH_MAX
                    ? message
                    : message.substring(0, MESSAGE_LENGTH_MAX) + "…")
            .withNewSource()
            .withComponent(component)
            .withHost(instance)
            .endSource()
            .withReportingComponent(component)
            .withReportingInstance(instance)
            .withFirstTimestamp(now)
            .withLastTimestamp(now)
            .withCount(1)
            .build();
    client.resource(event).create();
  }
}
