package io.mooring.volumeagent.tasks;

import io.mooring.schemas.TaskDone;
import io.mooring.schemas.TaskFailed;
import io.mooring.schemas.VolumeTask;
import io.mooring.schemas.VolumeTaskRecord;
import io.mooring.volumeagent.control.ReportSender;
import io.mooring.volumeagent.volumes.KnownVolume;
import java.time.Duration;
import org.apache.avro.specific.SpecificRecord;

/** Tells volume-manager how tasks ended; the head is closed by then. */
final class TaskReports {

  private final String nodeId;
  private final ReportSender sender;

  TaskReports(String nodeId, ReportSender sender) {
    this.nodeId = nodeId;
    this.sender = sender;
  }

  void report(KnownVolume volume, VolumeTask task, TaskWork.Result result, Duration took) {
    long epoch = volume.state().getEpoch();
    switch (result) {
      case TaskWork.Result.Done(long bytes) ->
          send(volume, task, "done", new TaskDone(task.getTaskId(), epoch, bytes, took.toMillis()));
      case TaskWork.Result.Impossible(String code, String reason) ->
          send(volume, task, "failed", new TaskFailed(task.getTaskId(), epoch, code, reason));
    }
  }

  /** The key makes a repetition under the same epoch recognisable. */
  private void send(KnownVolume volume, VolumeTask task, String how, SpecificRecord detail) {
    sender.report(
        VolumeTaskRecord.newBuilder()
            .setVolumeId(volume.state().getVolumeId())
            .setIdempotencyKey(
                "%s/%d/%s".formatted(task.getTaskId(), volume.state().getEpoch(), how))
            .setSender(nodeId)
            .setDetail(detail)
            .build(),
        volume.headers());
  }
}
