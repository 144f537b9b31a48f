package io.mooring.autopilot.decision;

import io.mooring.autopilot.decision.Effect.Evidence;
import io.mooring.autopilot.decision.RuleInput.Approval;
import io.mooring.autopilot.decision.RuleInput.Measured;
import io.mooring.autopilot.decision.RuleState.ActionAwaitingApproval;
import io.mooring.autopilot.decision.RuleState.ActionsDeclined;
import io.mooring.autopilot.decision.RuleState.ActiveActionsInProgress;
import io.mooring.autopilot.decision.RuleState.ActiveActionsPending;
import io.mooring.autopilot.decision.RuleState.ActiveActionsTaken;
import io.mooring.autopilot.decision.RuleState.DeclineReason;
import io.mooring.autopilot.decision.RuleState.Initializing;
import io.mooring.autopilot.decision.RuleState.Normal;
import io.mooring.autopilot.decision.RuleState.Triggered;
import io.mooring.autopilot.expression.Metric.Subject;
import io.mooring.autopilot.rule.AutopilotRule;
import io.mooring.autopilot.rule.ExpandAction;
import io.mooring.autopilot.rule.RebalanceAction;
import io.mooring.autopilot.rule.ResizeAction;
import io.mooring.autopilot.rule.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One rule on one volume or pool. An input may lead through several states at once; each move is an
 * effect of its own, so that every decision can be explained from its inputs (I10).
 */
final class RuleMachine {

  private final AutopilotRule rule;
  private final String volume;
  private final Duration retryAfter;
  private final List<Effect> effects = new ArrayList<>();
  private RuleState state;

  /**
   * @param retryAfter pause after a refused attempt
   */
  private RuleMachine(AutopilotRule rule, String volume, Duration retryAfter, RuleState state) {
    this.rule = rule;
    this.volume = volume;
    this.retryAfter = retryAfter;
    this.state = state;
  }

  /** The state after an input, and what follows from it. */
  record Step(RuleState state, List<Effect> effects) {}

  static Step step(
      AutopilotRule rule, String volume, Duration retryAfter, RuleState state, RuleInput input) {
    RuleMachine machine = new RuleMachine(rule, volume, retryAfter, state);
    machine.take(input);
    return new Step(machine.state, List.copyOf(machine.effects));
  }

  private void take(RuleInput input) {
    switch (input) {
      case Measured measured -> measured(measured);
      case RuleInput.NotSelected other -> notSelected(other);
      case RuleInput.RuleChanged changed -> ruleChanged(changed);
      case RuleInput.Refused refused -> refused(refused);
      case RuleInput.Grown grown -> grown(grown);
      case RuleInput.Rebalanced rebalanced -> rebalanced(rebalanced);
      case Approval approval -> approval(approval);
    }
  }

  private void measured(Measured measured) {
    if (!measured.at().isAfter(state.since())) {
      return;
    }
    if (state instanceof Initializing) {
      move(
          new Normal(measured.at(), null),
          Reason.SELECTED,
          "The rule watches the volume",
          measured);
    }
    switch (state) {
      case Initializing _ -> throw new IllegalStateException("left above");
      case Normal normal -> normal(normal, measured);
      case Triggered triggered -> waiting(measured, () -> act(triggered.trigger(), measured));
      case ActionAwaitingApproval awaiting ->
          waiting(measured, () -> declined(awaiting.trigger(), measured));
      case ActionsDeclined declined -> waiting(measured, () -> reconsider(declined, measured));
      case ActiveActionsPending pending -> waiting(measured, () -> start(pending, measured));
      case ActiveActionsInProgress running -> {
        if (running.order().isSeenDoneIn(measured.sample())) {
          done(running, measured.at(), grown("measured", running), measured);
        }
      }
      case ActiveActionsTaken taken -> coolDown(taken, measured);
    }
  }

  private void normal(Normal normal, Measured measured) {
    if (measured.judgement().verdict() != Verdict.MET) {
      state = new Normal(normal.since(), null);
      return;
    }
    Instant metSince = normal.metSince() == null ? measured.at() : normal.metSince();
    if (Duration.between(metSince, measured.at()).compareTo(rule.conditions().holdFor()) < 0) {
      state = new Normal(normal.since(), metSince);
    } else {
      trigger(Reason.CONDITIONS_MET, measured);
    }
  }

  private void trigger(Reason reason, Measured measured) {
    Trigger trigger = Trigger.of(rule.name(), volume, measured.at());
    move(new Triggered(measured.at(), trigger), reason, "The conditions hold", measured);
    act(trigger, measured);
  }

  /** In a state that waits for something: goes on if the conditions hold, ends if they do not. */
  private void waiting(Measured measured, Runnable goOn) {
    switch (measured.judgement().verdict()) {
      case MET -> goOn.run();
      case NOT_MET ->
          move(
              new Normal(measured.at(), null),
              Reason.CONDITIONS_CLEARED,
              "The conditions do not hold any more",
              measured);
      case UNKNOWN -> {}
    }
  }

  private void act(Trigger trigger, Measured measured) {
    if (measured.otherActionRunning() || declined(trigger, measured)) {
      return;
    }
    Preview preview = preview(measured);
    if (rule.approvalRequired()) {
      move(
          new ActionAwaitingApproval(measured.at(), trigger, preview),
          Reason.APPROVAL_REQUIRED,
          effectOf(preview) + keptByRetention(measured) + ", if it is approved",
          measured);
      return;
    }
    var pending = new ActiveActionsPending(measured.at(), trigger, 1, null, measured.at());
    move(pending, Reason.ACTION_DECIDED, effectOf(preview) + keptByRetention(measured), measured);
    start(pending, measured);
  }

  /** What is as large as it may become, or cannot grow at all, is left alone. */
  private boolean declined(Trigger trigger, Measured measured) {
    switch (size(measured)) {
      case Sizing.Size.Grow _, Sizing.Size.Unchanged _ -> {
        return false;
      }
      case Sizing.Size.AtMaximum(long maxBytes) ->
          move(
              new ActionsDeclined(measured.at(), trigger, DeclineReason.MAXIMUM_REACHED),
              Reason.MAXIMUM_REACHED,
              "%s has %d bytes, the maximum is %d"
                  .formatted(subject(), measured.sizeBytes(), maxBytes),
              measured);
      case Sizing.Size.NotPossible _ ->
          move(
              new ActionsDeclined(measured.at(), trigger, DeclineReason.CANNOT_GROW),
              Reason.CANNOT_GROW,
              "The agent of the pool's node has no leave to grow its drive (drive-max), or cannot: its log says why",
              measured);
    }
    return true;
  }

  /** A drive can be given more room, or leave to grow, at any time; a volume's maximum stays. */
  private void reconsider(ActionsDeclined declined, Measured measured) {
    if (declined.reason() != DeclineReason.DECLINED_BY_USER
        && size(measured) instanceof Sizing.Size.Grow) {
      trigger(Reason.CAN_GROW, measured);
    }
  }

  /** What grows. */
  private String subject() {
    return rule.action().subject() == Subject.VOLUME ? "The volume" : "The drive of the pool";
  }

  private void start(ActiveActionsPending pending, Measured measured) {
    Trigger trigger = pending.trigger();
    if (measured.otherActionRunning()
        || measured.at().isBefore(pending.notBefore())
        || declined(trigger, measured)) {
      return;
    }
    Preview preview = preview(measured);
    Preview approved = pending.approved();
    if (approved != null && approved.fromBytes() != preview.fromBytes()) {
      move(
          new Triggered(measured.at(), Trigger.of(rule.name(), volume, measured.at())),
          Reason.PREVIEW_OUTDATED,
          "The volume has another size than when its growth was approved",
          measured);
      return;
    }
    long toBytes = approved == null ? preview.toBytes() : approved.toBytes();
    ResizeOrder order =
        new ResizeOrder(
            trigger.commandId(pending.attempt()),
            pending.attempt(),
            preview.fromBytes(),
            toBytes,
            measured.sample().fileSystemBytes(),
            rule.action() instanceof RebalanceAction rebalance ? rebalance : null);
    boolean fills =
        tell(
            FillForecast.before(
                measured.at().plus(rule.timing().coolDown()),
                trigger,
                measured,
                toBytes - measured.sample().capacityBytes()));
    move(
        new ActiveActionsInProgress(measured.at(), trigger, order, fills),
        Reason.ACTION_STARTED,
        effectOf(new Preview(order.fromBytes(), toBytes)),
        measured);
    effects.add(new Effect.Resize(trigger, order));
  }

  private void coolDown(ActiveActionsTaken taken, Measured measured) {
    Instant until = taken.since().plus(rule.timing().coolDown());
    boolean met = measured.judgement().verdict() == Verdict.MET;
    if (!measured.at().isBefore(until)) {
      coolDownOver(met, measured);
      return;
    }
    boolean held = taken.holdReported();
    if (met && !held) {
      effects.add(new Effect.HeldBack(taken.trigger(), until, evidence(measured)));
      held = true;
    }
    boolean fills = taken.fillReported();
    if (!fills) {
      fills = tell(FillForecast.before(until, taken.trigger(), measured, 0));
    }
    state = new ActiveActionsTaken(taken.since(), taken.trigger(), taken.order(), held, fills);
  }

  /** Conditions that must hold for a time are watched from here: in the cool-down they were not. */
  private void coolDownOver(boolean met, Measured measured) {
    if (met && rule.conditions().holdFor().isZero()) {
      trigger(Reason.COOL_DOWN_OVER, measured);
    } else {
      move(
          new Normal(measured.at(), met ? measured.at() : null),
          Reason.COOL_DOWN_OVER,
          "The cool-down is over",
          measured);
    }
  }

  private void done(
      ActiveActionsInProgress running, Instant at, String how, @Nullable Measured measured) {
    move(
        new ActiveActionsTaken(
            at, running.trigger(), running.order(), false, running.fillReported()),
        Reason.ACTION_DONE,
        how,
        measured);
  }

  private String grown(String how, ActiveActionsInProgress running) {
    return "%s and its file system were %s to have grown to %d bytes"
        .formatted(subject(), how, running.order().toBytes());
  }

  private void rebalanced(RuleInput.Rebalanced rebalanced) {
    if (state instanceof ActiveActionsInProgress running
        && rebalanced.commands().contains(running.order().commandId().toString())) {
      done(running, later(rebalanced.at()), rebalanced.outcome(), null);
    }
  }

  private void grown(RuleInput.Grown grown) {
    if (state instanceof ActiveActionsInProgress running
        && running.order().rebalance() == null
        && grown.sizeBytes() >= running.order().toBytes()) {
      done(running, later(grown.at()), grown("reported", running), null);
    }
  }

  private void refused(RuleInput.Refused refused) {
    if (state instanceof ActiveActionsInProgress running
        && running.order().commandId().toString().equals(refused.idempotencyKey())) {
      Instant at = later(refused.at());
      Preview approved =
          rule.approvalRequired()
              ? new Preview(running.order().fromBytes(), running.order().toBytes())
              : null;
      move(
          new ActiveActionsPending(
              at, running.trigger(), running.order().attempt() + 1, approved, at.plus(retryAfter)),
          Reason.ACTION_FAILED,
          "failed to execute Action for rule %s: %s %s"
              .formatted(rule.name(), refused.code(), refused.message()),
          null);
    }
  }

  private void approval(Approval approval) {
    Instant at = later(approval.at());
    switch (state) {
      case ActionAwaitingApproval awaiting
          when awaiting.trigger().id().equals(approval.triggerId()) -> {
        switch (approval.decision()) {
          case APPROVE ->
              move(
                  new ActiveActionsPending(at, awaiting.trigger(), 1, awaiting.preview(), at),
                  Reason.APPROVED,
                  "Approved by " + approval.by(),
                  null);
          case DECLINE ->
              move(
                  new ActionsDeclined(at, awaiting.trigger(), DeclineReason.DECLINED_BY_USER),
                  Reason.DECLINED_BY_USER,
                  "Declined by " + approval.by(),
                  null);
          case WITHDRAW -> withdraw(approval, at);
        }
      }
      case ActionsDeclined declined
          when declined.trigger().id().equals(approval.triggerId())
              && declined.reason() == DeclineReason.DECLINED_BY_USER
              && approval.decision() == RuleInput.ApprovalDecision.WITHDRAW ->
          withdraw(approval, at);
      case Initializing _,
          Normal _,
          Triggered _,
          ActionAwaitingApproval _,
          ActionsDeclined _,
          ActiveActionsPending _,
          ActiveActionsInProgress _,
          ActiveActionsTaken _ -> {}
    }
  }

  private void withdraw(Approval approval, Instant at) {
    move(
        new Triggered(at, Trigger.of(rule.name(), volume, at)),
        Reason.APPROVAL_WITHDRAWN,
        "The approval was withdrawn by " + approval.by(),
        null);
  }

  /** What was begun is brought to its end under any text of the rule. */
  private void ruleChanged(RuleInput.RuleChanged changed) {
    switch (state) {
      case Initializing _, ActiveActionsInProgress _, ActiveActionsTaken _ -> {}
      case Normal normal -> state = new Normal(normal.since(), null);
      case Triggered _, ActionAwaitingApproval _, ActionsDeclined _, ActiveActionsPending _ ->
          // Entered just before the measurement that showed it, so that it can go on with it.
          move(
              new Initializing(state.since()),
              Reason.RULE_CHANGED,
              "The rule was changed at " + changed.at(),
              null);
    }
  }

  private void notSelected(RuleInput.NotSelected input) {
    switch (state) {
      case Initializing _ -> {}
      case ActiveActionsInProgress running -> {
        if (input.at().isAfter(running.since()) && running.order().isSeenDoneIn(input.sample())) {
          done(running, input.at(), grown("measured", running), null);
        }
      }
      case ActiveActionsTaken taken -> {
        if (!input.at().isBefore(taken.since().plus(rule.timing().coolDown()))) {
          leave(input);
        }
      }
      case Normal _,
          Triggered _,
          ActionAwaitingApproval _,
          ActionsDeclined _,
          ActiveActionsPending _ ->
          leave(input);
    }
  }

  private void leave(RuleInput.NotSelected input) {
    if (input.at().isAfter(state.since())) {
      move(
          new Initializing(input.at()),
          Reason.NOT_SELECTED,
          "The rule does not select the volume any more",
          null);
    }
  }

  private Sizing.Size size(Measured measured) {
    return Sizing.next(rule, measured.sizeBytes(), measured.sample(), measured.outlook());
  }

  private Preview preview(Measured measured) {
    return switch (size(measured)) {
      case Sizing.Size.Grow(long bytes) -> new Preview(measured.sizeBytes(), bytes);
      case Sizing.Size.Unchanged _ -> new Preview(measured.sizeBytes(), measured.sizeBytes());
      case Sizing.Size.AtMaximum _, Sizing.Size.NotPossible _ ->
          throw new IllegalStateException("declined before");
    };
  }

  private String effectOf(Preview preview) {
    return switch (rule.action()) {
      case RebalanceAction rebalance ->
          "Replicas are moved until pools differ by at most %s points"
              .formatted(rebalance.deviationPercent());
      case ResizeAction _, ExpandAction _ ->
          "%s grows from %d to %d bytes"
              .formatted(subject(), preview.fromBytes(), preview.toBytes());
    };
  }

  /** Tells that the forecast alone would have asked for more, and why it does not (I10). */
  private String keptByRetention(Measured measured) {
    Outlook outlook = measured.outlook();
    RetentionCeiling ceiling = outlook.ceiling();
    Sizing.Size byGrowth =
        Sizing.next(
            rule,
            measured.sizeBytes(),
            measured.sample(),
            new Outlook(outlook.bytesPerSecond(), null));
    return ceiling == null || byGrowth.equals(size(measured))
        ? ""
        : ", because Kafka, asked at %s, keeps at most %.0f bytes on it until the next resize"
            .formatted(
                ceiling.at(), outlook.usedAfter(rule.timing().coolDown(), measured.sample()));
  }

  /** Clocks differ; a state never begins before the one that it follows. */
  private Instant later(Instant at) {
    return at.isAfter(state.since()) ? at : state.since();
  }

  private void move(RuleState next, Reason reason, String message, @Nullable Measured measured) {
    effects.add(
        new Effect.Moved(
            state, next, reason, message, measured == null ? null : evidence(measured)));
    state = next;
  }

  private boolean tell(Optional<Effect.WillFill> forecast) {
    forecast.ifPresent(effects::add);
    return forecast.isPresent();
  }

  private static Evidence evidence(Measured measured) {
    return new Evidence(measured.sample(), measured.judgement().readings());
  }
}
