package io.mooring.volumemanager.volume;

/** Everything that can move a volume. */
public sealed interface VolumeInput {

  record Command(CommandReference reference, VolumeRequest request) implements VolumeInput {}

  /**
   * @param from reporting node
   * @param epoch epoch of the reporting head or replica
   * @param generation generation on which the report is based
   */
  record Report(Cause cause, NodeId from, Epoch epoch, Generation generation, AgentReport report)
      implements VolumeInput {}

  record Judgement(Cause cause, Verdict verdict) implements VolumeInput {}

  /** Nothing happened, but time went by. */
  record TimePassed() implements VolumeInput {}
}
