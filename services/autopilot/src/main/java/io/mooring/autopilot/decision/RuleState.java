package io.mooring.autopilot.decision;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where one rule stands on one volume or pool. The names are those of PX-Autopilot.
 *
 * <pre>
 * Initializing            -> Normal                   first measurement of a selected volume
 * Normal                  -> Triggered                conditions held for as long as the rule says
 * Triggered               -> ActionAwaitingApproval   the rule requires approval
 *                         -> ActionsDeclined          the maximum is reached, or it cannot grow
 *                         -> ActiveActionsPending     otherwise, once no other rule acts
 * ActionAwaitingApproval  -> ActiveActionsPending     approved
 *                         -> ActionsDeclined          declined, or the maximum is reached
 *                         -> Triggered                the approval was withdrawn
 * ActionsDeclined         -> Triggered                the approval was withdrawn, or what kept a pool
 *                                                     from growing is gone
 * ActiveActionsPending    -> ActiveActionsInProgress  a measurement still calls for the action
 *                         -> Triggered                what was approved is not what would be done
 * ActiveActionsInProgress -> ActiveActionsTaken       growth was measured or reported, or the
 *                                                     rebalance has ended
 *                         -> ActiveActionsPending     the command was refused
 * ActiveActionsTaken      -> Normal or Triggered      the cool-down is over
 * </pre>
 *
 * Triggered, ActionAwaitingApproval, ActionsDeclined and ActiveActionsPending lead to Normal when
 * the conditions are measured not to hold, and to Initializing when the rule is changed. No state
 * advances on a measurement that is not newer than the state itself, so old measurements may be
 * repeated at will.
 */
public sealed interface RuleState {

  /** When the state was entered, by the time of measurements. */
  Instant since();

  /** Name as in events and documents. */
  default String name() {
    return getClass().getSimpleName();
  }

  /** Not evaluated yet, or not any more. */
  record Initializing(Instant since) implements RuleState {}

  /**
   * The conditions do not hold, or not long enough.
   *
   * @param metSince since when they have held without a break
   */
  record Normal(Instant since, @Nullable Instant metSince) implements RuleState {}

  /** The conditions hold; another rule's action on the volume must end first. */
  record Triggered(Instant since, Trigger trigger) implements RuleState {}

  /** A person has to agree. */
  record ActionAwaitingApproval(Instant since, Trigger trigger, Preview preview)
      implements RuleState {}

  /** The conditions hold and nothing is done, on purpose. */
  record ActionsDeclined(Instant since, Trigger trigger, DeclineReason reason)
      implements RuleState {}

  /**
   * The action is decided and begins with the next measurement that still calls for it.
   *
   * @param approved what was agreed to; null if no approval is needed
   * @param notBefore end of the pause after a refused attempt
   */
  record ActiveActionsPending(
      Instant since, Trigger trigger, int attempt, @Nullable Preview approved, Instant notBefore)
      implements RuleState {}

  /** The command is out; growth has not been measured yet, or the rebalance goes on. */
  record ActiveActionsInProgress(
      Instant since, Trigger trigger, ResizeOrder order, boolean fillReported)
      implements RuleState {}

  /**
   * The volume has grown, or the rebalance has ended; the cool-down runs from here.
   *
   * @param holdReported whether it was told that the conditions hold again within the cool-down
   * @param fillReported whether it was told that the volume will fill within the cool-down
   */
  record ActiveActionsTaken(
      Instant since, Trigger trigger, ResizeOrder order, boolean holdReported, boolean fillReported)
      implements RuleState {}

  /** Why nothing is done. */
  enum DeclineReason {
    MAXIMUM_REACHED,
    CANNOT_GROW,
    DECLINED_BY_USER
  }
}
