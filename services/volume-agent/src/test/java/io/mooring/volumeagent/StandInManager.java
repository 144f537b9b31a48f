package io.mooring.volumeagent;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.ReplicaCaughtUp;
import io.mooring.schemas.ReplicaLost;
import io.mooring.schemas.ReplicaRole;
import io.mooring.schemas.ReplicaState;
import io.mooring.schemas.VolumePhase;
import io.mooring.schemas.VolumeReport;
import io.mooring.schemas.VolumeState;
import io.mooring.testsupport.ControlPlane;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Writes states of one volume as volume-manager would, and reads what agents report. */
final class StandInManager implements AutoCloseable {

  private final StatePublisher<VolumeState> states;
  private final ControlTopicProbe<VolumeReport> reports;
  private final Set<UUID> answered = new HashSet<>();
  private VolumeState state;

  StandInManager(ControlPlane controlPlane, VolumeState initial) {
    this.states = new StatePublisher<>(controlPlane, ControlTopic.VOLUMES, VolumeState.class);
    this.reports =
        new ControlTopicProbe<>(controlPlane, ControlTopic.VOLUME_REPORTS, VolumeReport.class);
    this.state = initial;
  }

  VolumeState state() {
    return state;
  }

  /** Changes the state and publishes it; returns the attributes of the record. */
  EventHeaders publish(Consumer<VolumeState> change) throws InterruptedException {
    VolumeState next = VolumeState.newBuilder(state).build();
    change.accept(next);
    state = next;
    return send(next, null);
  }

  /** Changes the state without publishing it yet. */
  void prepare(Consumer<VolumeState> change) {
    VolumeState next = VolumeState.newBuilder(state).build();
    change.accept(next);
    state = next;
  }

  EventHeaders grant(String nodeId) throws InterruptedException {
    return publish(next -> {
      next.setEpoch(next.getEpoch() + 1);
      next.setPhase(VolumePhase.PUBLISHED);
      next.setHolder(nodeId);
    });
  }

  EventHeaders fence() throws InterruptedException {
    return publish(next -> {
      next.setEpoch(next.getEpoch() + 1);
      next.setPhase(VolumePhase.FENCING);
      next.setFencedNode(next.getHolder());
      next.setHolder(null);
    });
  }

  void tombstone() throws InterruptedException {
    send(null, null);
  }

  private EventHeaders send(@Nullable VolumeState value, @Nullable EventHeaders cause)
      throws InterruptedException {
    return states.send(state.getVolumeId(), value, cause);
  }

  /** Reports of one kind that were read so far. */
  <T extends SpecificRecord> List<ControlTopicProbe.Seen<VolumeReport>> reports(Class<T> detail) {
    return reports.all(report ->
        report.getVolumeId().equals(state.getVolumeId()) && detail.isInstance(report.getDetail()));
  }

  /** Answers reports of lost and caught-up replicas as the contract says. */
  void answerReports() throws InterruptedException {
    for (var lost : reports(ReplicaLost.class)) {
      answer(lost, ((ReplicaLost) lost.value().getDetail()).getReplicaId(), ReplicaRole.STALE);
    }
    for (var caughtUp : reports(ReplicaCaughtUp.class)) {
      answer(
          caughtUp,
          ((ReplicaCaughtUp) caughtUp.value().getDetail()).getReplicaId(),
          ReplicaRole.IN_SYNC);
    }
  }

  private void answer(
      ControlTopicProbe.Seen<VolumeReport> report, String replicaId, ReplicaRole role)
      throws InterruptedException {
    EventHeaders cause = report.headers().orElseThrow();
    if (!answered.add(cause.id())) {
      return;
    }
    if (report.value().getEpoch() == state.getEpoch()
        && report.value().getGeneration() == state.getGeneration()) {
      VolumeState next = VolumeState.newBuilder(state).build();
      for (ReplicaState replica : next.getReplicas()) {
        if (replica.getReplicaId().equals(replicaId)) {
          replica.setRole(role);
        }
      }
      next.setGeneration(next.getGeneration() + 1);
      state = next;
    }
    send(state, cause);
  }

  @Override
  public void close() {
    states.close();
    reports.close();
  }
}
