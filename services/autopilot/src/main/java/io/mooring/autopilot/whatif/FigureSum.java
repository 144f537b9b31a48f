package io.mooring.autopilot.whatif;

import io.mooring.autopilot.whatif.TakenDecisions.Incident;
import org.jspecify.annotations.Nullable;

/** Sums up what volumes went through. */
final class FigureSum {

  private static final double GIB = 1L << 30;

  private final int[] incidents = new int[Incident.values().length];
  private int resizes;
  private long grownBytes;
  private long provisionedBytes;
  private double byteHours;
  private int fullMoments;
  private long fullSeconds;
  private double highestFillPercent;
  private @Nullable String fullest;

  void add(Incident incident, int times) {
    incidents[incident.ordinal()] += times;
  }

  void grown(long bytes) {
    resizes++;
    grownBytes += bytes;
  }

  void add(String volume, Tally tally) {
    provisionedBytes += tally.capacityBytes();
    byteHours += tally.byteHours();
    fullMoments += tally.fullMoments();
    fullSeconds += tally.fullSeconds();
    if (tally.highestFillPercent() > highestFillPercent) {
      highestFillPercent = tally.highestFillPercent();
      fullest = volume;
    }
  }

  WhatIfReport.Figures figures() {
    return new WhatIfReport.Figures(
        resizes,
        grownBytes,
        provisionedBytes,
        Math.round(byteHours / GIB * 1000) / 1000.0,
        count(Incident.HELD_BACK),
        count(Incident.WILL_FILL),
        count(Incident.DECLINED),
        count(Incident.APPROVAL_AWAITED),
        fullMoments,
        fullSeconds,
        highestFillPercent,
        fullest);
  }

  private int count(Incident incident) {
    return incidents[incident.ordinal()];
  }
}
