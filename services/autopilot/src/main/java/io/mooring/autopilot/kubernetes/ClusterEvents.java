package io.mooring.autopilot.kubernetes;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** Tells people what happened to a rule, where {@code kubectl describe} shows it. */
final class ClusterEvents {

  /** Events about what is in no namespace are there. */
  private static final String NAMESPACE = "default";

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

  void normal(ObjectReference rule, String reason, String message) {
    tell(rule, "Normal", reason, message);
  }

  void warning(ObjectReference rule, String reason, String message) {
    tell(rule, "Warning", reason, message);
  }

  static ObjectReference rule(String name, String uid) {
    return new ObjectReferenceBuilder()
        .withApiVersion(Kinds.API_VERSION)
        .withKind(Kinds.RULE.getKind())
        .withName(name)
        .withUid(uid)
        .build();
  }

  private void tell(ObjectReference rule, String type, String reason, String message) {
    String now = clock.instant().toString();
    String suffix =
        "%x%x".formatted(clock.millis(), number.getAndIncrement()).toLowerCase(Locale.ROOT);
    Event event =
        new EventBuilder()
            .withNewMetadata()
            .withName(rule.getName() + "." + suffix)
            .withNamespace(NAMESPACE)
            .endMetadata()
            .withInvolvedObject(rule)
            .withType(type)
            .withReason(reason)
            .withMessage(
                message.length() <= MESSAGE_LENGTH_MAX
                    ? message
                    : message.substring(0, MESSAGE_LENGTH_MAX) + "…")
            .withNewSource()
            .withComponent(Kinds.AUTOPILOT)
            .withHost(instance)
            .endSource()
            .withReportingComponent(Kinds.AUTOPILOT)
            .withReportingInstance(instance)
            .withFirstTimestamp(now)
            .withLastTimestamp(now)
            .withCount(1)
            .build();
    client.resource(event).create();
  }
}
