package io.mooring.volumeagent;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.SnapshotHolder;
import io.mooring.schemas.SnapshotMember;
import io.mooring.schemas.SnapshotMemberPhase;
import io.mooring.schemas.SnapshotReport;
import io.mooring.schemas.SnapshotSetPhase;
import io.mooring.schemas.SnapshotSetState;
import io.mooring.schemas.SnapshotTaken;
import io.mooring.testsupport.ControlPlane;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;

/** Writes states of snapshot sets as volume-manager would, and reads what agents report. */
final class StandInSets implements AutoCloseable {

  private final StatePublisher<SnapshotSetState> states;
  private final ControlTopicProbe<SnapshotReport> reports;

  StandInSets(ControlPlane controlPlane) {
    this.states =
        new StatePublisher<>(controlPlane, ControlTopic.SNAPSHOTS, SnapshotSetState.class);
    this.reports =
        new ControlTopicProbe<>(controlPlane, ControlTopic.SNAPSHOT_REPORTS, SnapshotReport.class);
  }

  /** A set under way. */
  final class OneSet {
    private SnapshotSetState state;

    private OneSet(SnapshotSetState initial) {
      this.state = initial;
    }

    SnapshotSetState state() {
      return state;
    }

    String snapshotOf(String volumeId) {
      return member(state, volumeId).getSnapshotId();
    }

    EventHeaders publish(Consumer<SnapshotSetState> change) throws InterruptedException {
      SnapshotSetState next = SnapshotSetState.newBuilder(state).build();
      change.accept(next);
      state = next;
      return states.send(state.getSetId(), state, null);
    }

    EventHeaders become(SnapshotSetPhase phase) throws InterruptedException {
      return publish(next -> next.setPhase(phase));
    }

    /** All are held, by the heads of these epochs. */
    void taking(long epoch) throws InterruptedException {
      publish(next -> {
        next.setPhase(SnapshotSetPhase.TAKING);
        next.setTakenAt(Instant.EPOCH);
        next.getMembers()
            .forEach(member -> {
              member.setPhase(SnapshotMemberPhase.HELD);
              member.setEpoch(epoch);
            });
      });
    }

    /** All are taken, as was reported. */
    void ready(Map<String, String> nodeOfReplica) throws InterruptedException {
      List<SnapshotReport> taken = reports(SnapshotTaken.class);
      publish(next -> {
        next.setPhase(SnapshotSetPhase.READY);
        taken.forEach(report -> {
          SnapshotTaken detail = (SnapshotTaken) report.getDetail();
          SnapshotMember member = member(next, report.getVolumeId());
          member.setPhase(SnapshotMemberPhase.TAKEN);
          member.setSizeBytes(detail.getSizeBytes());
          member.setHolders(
              detail.getReplicaIds().stream()
                  .map(replica -> new SnapshotHolder(replica, nodeOfReplica.get(replica)))
                  .toList());
        });
      });
    }

    void tombstone() throws InterruptedException {
      states.send(state.getSetId(), null, null);
    }

    /** Reports of one kind about this set that were read so far, in order. */
    <T extends SpecificRecord> List<SnapshotReport> reports(Class<T> detail) {
      return reports
          .all(report ->
              report.getSetId().equals(state.getSetId()) && detail.isInstance(report.getDetail()))
          .stream()
          .map(ControlTopicProbe.Seen::value)
          .toList();
    }
  }

  /** Begins a set; the first state is in the topic on return. */
  OneSet begin(String setId, SnapshotSetPhase phase, String... volumes)
      throws InterruptedException {
    List<SnapshotMember> members = new ArrayList<>();
    for (String volume : volumes) {
      members.add(
          SnapshotMember.newBuilder()
              .setVolumeId(volume)
              .setVolumeName(volume)
              .setSnapshotId(setId + "-1")
              .setSizeBytes(0)
              .setPhase(SnapshotMemberPhase.WAITING)
              .build());
    }
    OneSet set =
        new OneSet(
            SnapshotSetState.newBuilder()
                .setSetId(setId)
                .setName(setId)
                .setPhase(phase)
                .setMembers(members)
                .setRequestedBy("test")
                .setCreatedAt(Instant.EPOCH)
                .setUpdatedAt(Instant.EPOCH)
                .setCorrelationId(setId)
                .build());
    set.publish(state -> {});
    return set;
  }

  private static SnapshotMember member(SnapshotSetState state, String volumeId) {
    return state.getMembers().stream()
        .filter(member -> member.getVolumeId().equals(volumeId))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    states.close();
    reports.close();
  }
}
