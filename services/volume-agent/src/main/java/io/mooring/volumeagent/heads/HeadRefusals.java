package io.mooring.volumeagent.heads;

import io.mooring.schemas.VolumeState;
import io.mooring.storage.replication.HeadState;
import io.mooring.volumeagent.staging.StagingException;
import io.mooring.volumeagent.staging.StagingException.Reason;
import io.mooring.volumeagent.volumes.KnownVolume;
import java.util.Optional;

/** Why a head is not opened, or not for this. */
final class HeadRefusals {

  private HeadRefusals() {}

  static boolean isGranted(VolumeState state, String nodeId, long epoch) {
    return state.getEpoch() == epoch && nodeId.equals(state.getHolder());
  }

  static VolumeState requireGrant(
      String volumeId, String nodeId, long epoch, Optional<KnownVolume> known)
      throws StagingException {
    if (known.isEmpty() || known.get().state().getEpoch() < epoch) {
      throw new StagingException(
          Reason.UNAVAILABLE,
          "CSI-040",
          "Volume " + volumeId + " is not known to belong to this node under epoch " + epoch + ".",
          known.isEmpty()
              ? "No state of it has arrived."
              : "Its newest state has epoch " + known.get().state().getEpoch() + ".",
          "Repeat the request; check that the control topics can be reached and that the volume was published to this node.");
    }
    VolumeState state = known.get().state();
    if (!isGranted(state, nodeId, epoch)) {
      throw new StagingException(
          Reason.PRECONDITION,
          "CSI-025",
          "Volume " + volumeId + " does not belong to this node under epoch " + epoch + ".",
          "Its state has epoch " + state.getEpoch() + " and holder " + state.getHolder() + ".",
          "Publish the volume to this node and stage it with the new publish context.");
    }
    return state;
  }

  /** A volume with a task is for the task only, and a task that was withdrawn for nobody. */
  static void requireTask(VolumeState state, HeadUse use) throws StagingException {
    if (state.getTask() != null && use != HeadUse.TASK) {
      throw atWork(state.getVolumeId());
    }
    if (state.getTask() == null && use == HeadUse.TASK) {
      throw new StagingException(
          Reason.PRECONDITION,
          "CSI-025",
          "Volume " + state.getVolumeId() + " has no task any more.",
          "Its state names none.",
          "Nothing is left to be done.");
    }
  }

  static StagingException atWork(String volumeId) {
    return new StagingException(
        Reason.PRECONDITION,
        "VOL-066",
        "Volume " + volumeId + " is being worked on by this node.",
        "A snapshot is taken, restored or filled in before anybody else may use it.",
        "Wait until the task is done.");
  }

  static void requireUse(String volumeId, HeadUse is, HeadUse wanted) throws StagingException {
    if (is == wanted) {
      return;
    }
    throw switch (is) {
      case DEVICE ->
          new StagingException(
              Reason.CONFLICT,
              "VOL-067",
              "Volume " + volumeId + " has a device on this node, or is just getting one.",
              "What is staged has a user, beside whom nobody else may write.",
              "Unstage it first.");
      case EXPORT ->
          new StagingException(
              Reason.CONFLICT,
              "CSI-043",
              "Volume " + volumeId + " is exported for writing without being staged.",
              "A second writer beside its clients would destroy its content.",
              "Take the export away first: DELETE /volumes/" + volumeId + "/export.");
      case TASK -> atWork(volumeId);
    };
  }

  static void requireServing(String volumeId, HeadState state) throws StagingException {
    switch (state) {
      case HeadState.Serving _ -> {}
      case HeadState.Fenced _ ->
          throw new StagingException(
              Reason.PRECONDITION,
              "CSI-042",
              "Volume " + volumeId + " was fenced while it was opened.",
              "A newer attachment exists.",
              "Publish the volume again.");
      case HeadState.Opening _, HeadState.Holding _, HeadState.Suspended _, HeadState.Closed _ ->
          throw new StagingException(
              Reason.UNAVAILABLE,
              "CSI-041",
              "Volume " + volumeId + " does not serve yet.",
              HeadHealth.describe(state) + ".",
              "Repeat the request; GET /volumes/"
                  + volumeId
                  + " of this agent tells about its replicas.");
    }
  }
}
