package io.mooring.autopilot.whatif;

import io.mooring.autopilot.decision.Effect;
import io.mooring.autopilot.decision.RuleBook;
import io.mooring.autopilot.decision.RuleState;
import io.mooring.autopilot.decision.VolumeFacts;
import io.mooring.autopilot.decision.VolumeWatch.Outcome;
import io.mooring.autopilot.whatif.TakenDecisions.Incident;
import io.mooring.autopilot.whatif.TakenDecisions.TakenResize;
import io.mooring.autopilot.whatif.WhatIfReport.Difference;
import io.mooring.autopilot.whatif.WhatIfReport.Resize;
import io.mooring.autopilot.whatif.WhatIfReport.VolumeStory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** Collects what replays of parts of all volumes decide, and compares it with what was decided. */
public final class Findings implements Replay.Sink {

  private final Instant from;
  private final Instant to;
  private final Map<UUID, TakenResize> taken = new HashMap<>();
  private final Set<UUID> repeated = new HashSet<>();
  private final List<Resize> resizes = new ArrayList<>();
  private final List<VolumeStory> stories = new ArrayList<>();
  private final Set<String> unknown = new TreeSet<>();
  private final FigureSum would = new FigureSum();
  private final FigureSum did = new FigureSum();
  private long measurements;
  private long refused;

  public Findings(Instant from, Instant to, TakenDecisions taken) {
    this.from = from;
    this.to = to;
    taken.all().forEach(resize -> this.taken.put(resize.commandId(), resize));
  }

  @Override
  public void decided(VolumeFacts volume, Outcome outcome, Instant at, boolean asTaken) {
    switch (outcome.effect()) {
      case Effect.Resize resize -> resized(volume, outcome.rule(), resize, at, asTaken);
      case Effect.HeldBack _ -> would.add(Incident.HELD_BACK, 1);
      case Effect.WillFill _ -> would.add(Incident.WILL_FILL, 1);
      case Effect.Moved moved -> {
        if (moved.to() instanceof RuleState.ActionsDeclined) {
          would.add(Incident.DECLINED, 1);
        } else if (moved.to() instanceof RuleState.ActionAwaitingApproval) {
          would.add(Incident.APPROVAL_AWAITED, 1);
        }
      }
    }
  }

  private void resized(
      VolumeFacts volume, String rule, Effect.Resize resize, Instant at, boolean asTaken) {
    UUID command = resize.order().commandId();
    Difference difference = Difference.NEW;
    if (asTaken) {
      difference = Difference.SAME;
    } else if (taken.containsKey(command)) {
      difference = Difference.OTHER_SIZE;
    }
    repeated.add(command);
    long from = resize.order().fromBytes();
    long to = resize.order().toBytes();
    would.grown(to - from);
    resizes.add(new Resize(at, rule, volume.id(), volume.name(), from, to, difference));
  }

  /** A replay is over. */
  public void add(Replay replay) {
    measurements += replay.measurements();
    refused += replay.refused();
    unknown.addAll(replay.unknown());
    repeated.addAll(replay.pools().followed());
    for (String pool : replay.pools().selected()) {
      for (Incident incident : Incident.values()) {
        did.add(incident, replay.taken().count(pool, incident));
      }
    }
    replay
        .volumes()
        .forEach((id, volume) -> {
          repeated.addAll(volume.followed());
          if (volume.isSelected()) {
            add(id, volume, replay.taken());
          }
        });
  }

  private void add(String id, ReplayedVolume volume, TakenDecisions decisions) {
    would.add(volume.name(), volume.would());
    did.add(volume.name(), volume.did());
    for (Incident incident : Incident.values()) {
      did.add(incident, decisions.count(id, incident));
    }
    stories.add(
        new VolumeStory(
            id,
            volume.name(),
            volume.would().capacityBytes(),
            volume.did().capacityBytes(),
            volume.would().highestFillPercent(),
            volume.did().highestFillPercent(),
            volume.would().fullMoments(),
            volume.did().fullMoments(),
            volume.unfittedBytes()));
  }

  /** What all replays come to. */
  public WhatIfReport report(RuleBook rules) {
    List<TakenResize> within =
        taken.values().stream()
            .filter(resize -> !resize.at().isBefore(from) && resize.at().isBefore(to))
            .toList();
    within.forEach(resize -> did.grown(resize.toBytes() - resize.fromBytes()));
    return new WhatIfReport(
        from,
        to,
        rules.entries().stream().map(entry -> entry.rule().name()).toList(),
        measurements,
        refused,
        would.figures(),
        did.figures(),
        stories.stream()
            .sorted(
                Comparator.comparingDouble((VolumeStory story) -> -story.wouldFillPercent())
                    .thenComparing(VolumeStory::volumeId))
            .limit(WhatIfReport.VOLUMES_MAX)
            .toList(),
        inOrder(resizes),
        inOrder(
            within.stream()
                .filter(resize -> !repeated.contains(resize.commandId()))
                .map(Findings::notMade)
                .toList()),
        unknown.stream().limit(WhatIfReport.VOLUMES_MAX).toList());
  }

  private static List<Resize> inOrder(Collection<Resize> resizes) {
    return resizes.stream()
        .sorted(Comparator.comparing(Resize::at).thenComparing(Resize::volumeId))
        .limit(WhatIfReport.RESIZES_MAX)
        .toList();
  }

  private static Resize notMade(TakenResize resize) {
    return new Resize(
        resize.at(),
        resize.rule(),
        resize.volumeId(),
        resize.volume(),
        resize.fromBytes(),
        resize.toBytes(),
        Difference.NOT_MADE);
  }
}
