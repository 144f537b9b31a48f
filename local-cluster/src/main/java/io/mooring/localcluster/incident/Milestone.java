package io.mooring.localcluster.incident;

import io.mooring.localcluster.event.ClusterEvent;
import io.mooring.localcluster.orchestrator.PodStep;
import io.mooring.schemas.BrokerEvent;
import io.mooring.schemas.BrokerServing;
import io.mooring.schemas.IsrRestored;
import io.mooring.schemas.LeadersMoved;
import io.mooring.schemas.NodeDown;
import io.mooring.schemas.NodeEvent;
import io.mooring.schemas.NodeSuspected;
import io.mooring.schemas.VolumeDetached;
import io.mooring.schemas.VolumeEvent;
import io.mooring.schemas.VolumeFencing;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** The steps of a failover, in the order in which they normally happen. */
public enum Milestone {
  SUSPECTED("node suspected"),
  JUDGED_DEAD("judged dead by its peers"),
  FENCING("old attachment taken away"),
  FENCED("new epoch promised, volume free"),
  SCHEDULED("pod rescheduled"),
  PUBLISHED("volume published to the new node"),
  MOUNTED("attached, journal replayed, mounted"),
  STARTED("broker process started"),
  LEADERS_MOVED("clients served again"),
  SERVING("broker serving"),
  ISR_FULL("redundancy restored");

  private final String title;

  Milestone(String title) {
    this.title = title;
  }

  public String title() {
    return title;
  }

  /** Whether the event is this step for the given subject. */
  boolean matches(ClusterEvent event, Subject subject) {
    return switch (this) {
      case SUSPECTED -> judgement(event, subject, NodeSuspected.class);
      case JUDGED_DEAD -> judgement(event, subject, NodeDown.class);
      case FENCING -> volume(event, subject, VolumeFencing.class);
      case FENCED -> volume(event, subject, VolumeDetached.class);
      case SCHEDULED -> pod(event, subject, PodStep.SCHEDULED);
      case PUBLISHED -> pod(event, subject, PodStep.VOLUME_PUBLISHED);
      case MOUNTED -> pod(event, subject, PodStep.VOLUME_MOUNTED);
      case STARTED -> pod(event, subject, PodStep.STARTED);
      // Kafka may not notice that a broker was away, above all when its controller was so too: then
      // nobody tells of it, and what counts is that the broker itself takes requests again.
      case LEADERS_MOVED ->
          broker(event, subject.brokerId(), LeadersMoved.class)
              || pod(event, subject, PodStep.READY);
      case SERVING ->
          broker(event, subject.brokerId(), BrokerServing.class)
              || pod(event, subject, PodStep.READY);
      case ISR_FULL -> broker(event, -1, IsrRestored.class);
    };
  }

  private static boolean judgement(ClusterEvent event, Subject subject, Class<?> kind) {
    return value(event) instanceof NodeEvent judged
        && judged.getNodeId().equals(subject.node())
        && kind.isInstance(judged.getDetail());
  }

  private static boolean volume(ClusterEvent event, Subject subject, Class<?> kind) {
    return value(event) instanceof VolumeEvent happened
        && happened.getVolumeId().equals(subject.volumeId())
        && kind.isInstance(happened.getDetail());
  }

  private static boolean pod(ClusterEvent event, Subject subject, PodStep step) {
    return event instanceof ClusterEvent.Pod happened
        && happened.status().pod().name().equals(subject.pod())
        && happened.status().step() == step;
  }

  /** Cluster-wide events are told of broker -1 or of the broker that completed them. */
  private static boolean broker(ClusterEvent event, int brokerId, Class<?> kind) {
    return value(event) instanceof BrokerEvent happened
        && kind.isInstance(happened.getDetail())
        && (brokerId < 0 || happened.getBrokerId() == brokerId);
  }

  private static @Nullable SpecificRecord value(ClusterEvent event) {
    return event instanceof ClusterEvent.Record record
        ? record.value().map(SpecificRecord.class::cast).orElse(null)
        : null;
  }
}
