package io.mooring.failoverdetector.liveness;

/** Constants of the judgement, in milliseconds of the detector's own time. */
public record LivenessSettings(
    Cadence cadence, Suspicion suspicion, Voting voting, Verdict verdict, Hysteresis hysteresis) {

  /**
   * @param beatMs interval at which agents beat
   * @param tickMs interval at which the judge is asked
   * @param pauseLimitMs longer gaps between two inputs are the detector's own pause and do not
   *     count
   */
  public record Cadence(long beatMs, long tickMs, long pauseLimitMs) {}

  /**
   * @param window number of gaps that the accrual remembers per node
   * @param minStdDevMs floor of the deviation, so that a very regular node is not suspected for one
   *     late beat
   * @param phi suspect a node when the chance that its beat is merely late is below 10^-phi
   * @param settleMs after silence of all nodes, time in which agents reconnect and phi alone
   *     suspects nobody; also how long a silent node is waited for as a witness of others
   */
  public record Suspicion(int window, long minStdDevMs, double phi, long settleMs) {}

  /**
   * @param windowMs an observer votes only with a beat that is not older; also the silence of all
   *     nodes after which own time stands still
   * @param stalledLimitMs an observer that was not scheduled for longer has no vote, unless what it
   *     saw cannot come from that
   * @param beatAgeLimitMs a beat that waited longer in the topic says nothing about now
   * @param majority share of the voters that must be exceeded
   */
  public record Voting(long windowMs, long stalledLimitMs, long beatAgeLimitMs, double majority) {}

  /**
   * @param minSilenceMs silence before NodeDown when nothing answers; after silence of all nodes it
   *     counts from the first beat of anybody
   * @param minUnreachableMs for how long an observer must have seen nothing but that, counted from
   *     the sending of its first probe: one probe that fails may be a lost packet. Half as much
   *     again if the node's kernel has answered during this silence
   * @param stalledGraceMs time without a sign of life when the kernel accepts and nobody reads
   * @param agentGraceMs time without a sign of life when the kernel refuses: the agent restarts
   */
  public record Verdict(
      long minSilenceMs, long minUnreachableMs, long stalledGraceMs, long agentGraceMs) {}

  /**
   * @param upBeats beats of a down node before it counts as up
   * @param sickBeats beats in a row that must report a pool as failed
   * @param healthyBeats beats in a row that must report it as well again
   */
  public record Hysteresis(int upBeats, int sickBeats, int healthyBeats) {}

  public static LivenessSettings defaults() {
    return new LivenessSettings(
        new Cadence(250, 50, 300),
        new Suspicion(100, 100, 8.0, 2_000),
        new Voting(750, 200, 5_000, 0.5),
        new Verdict(1_000, 800, 10_000, 30_000),
        new Hysteresis(3, 3, 20));
  }
}
