package io.mooring.autopilot.decision;

import io.mooring.autopilot.rule.Conditions.Judgement;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/** What can happen to a rule on a volume. */
public sealed interface RuleInput {

  /** When it happened. */
  Instant at();

  /**
   * The volume was measured, and the rule selects it.
   *
   * @param sizeBytes authoritative size of the volume
   * @param otherActionRunning whether another rule is resizing the volume right now
   * @param outlook how it will fill
   */
  record Measured(
      UsageSample sample,
      Judgement judgement,
      long sizeBytes,
      boolean otherActionRunning,
      Outlook outlook)
      implements RuleInput {
    @Override
    public Instant at() {
      return sample.at();
    }
  }

  /** The volume was measured, and the rule does not select it, or does not exist any more. */
  record NotSelected(UsageSample sample) implements RuleInput {
    @Override
    public Instant at() {
      return sample.at();
    }
  }

  /** The rule's text is not the one under which it came to its state. */
  record RuleChanged(Instant at) implements RuleInput {}

  /**
   * A command was refused; it was not carried out and never will be.
   *
   * @param idempotencyKey key of the command, which may be anybody's
   */
  record Refused(String idempotencyKey, String code, String message, Instant at)
      implements RuleInput {}

  /** Volume and file system have a new size. */
  record Grown(long sizeBytes, Instant at) implements RuleInput {}

  /**
   * A rebalance has ended, whatever it came to.
   *
   * @param commands keys of the commands that it answers
   * @param outcome what it came to, in words
   */
  record Rebalanced(Set<String> commands, String outcome, Instant at) implements RuleInput {
    public Rebalanced {
      commands = Set.copyOf(commands);
    }
  }

  /** A person decided about an action that awaits approval; its id is the trigger's. */
  record Approval(UUID triggerId, ApprovalDecision decision, String by, Instant at)
      implements RuleInput {}

  /** What a person can decide. */
  enum ApprovalDecision {
    APPROVE,
    DECLINE,
    /** As if it had never been asked: the rule asks anew if its conditions still hold. */
    WITHDRAW
  }
}
