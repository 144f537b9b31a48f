package io.mooring.autopilot.whatif;

import io.mooring.autopilot.decision.RuleInput;
import io.mooring.autopilot.decision.UsageSample;
import io.mooring.autopilot.decision.VolumeFacts;
import java.time.Instant;

/** Something that was recorded about a volume and that decisions follow from. */
public sealed interface Recorded {

  /** When it was written to its topic. */
  Instant writtenAt();

  String volumeId();

  /** The catalogue described the volume. */
  record Described(Instant writtenAt, VolumeFacts facts) implements Recorded {
    @Override
    public String volumeId() {
      return facts.id();
    }
  }

  /** The catalogue gave the volume another size. */
  record Expanded(Instant writtenAt, String volumeId, long sizeBytes) implements Recorded {}

  record Measured(Instant writtenAt, String volumeId, UsageSample sample) implements Recorded {}

  /** A command was refused, or growth was reported. */
  record Answered(Instant writtenAt, String volumeId, RuleInput answer) implements Recorded {}

  /** A person decided. */
  record Approved(Instant writtenAt, String volumeId, String rule, RuleInput.Approval approval)
      implements Recorded {}
}
