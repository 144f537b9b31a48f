package io.mooring.failoverdetector.liveness;

/**
 * Accrual over the newest gaps between a node's beats: the value phi is -log10 of the probability
 * that the next beat is merely late, if gaps were normally distributed. A node whose beats come
 * irregularly, because its processors are starved, is granted more time by its own record.
 */
final class GapWindow {

  /** Beyond this the model says nothing more, and the value must stay finite. */
  private static final double PHI_MAX = 100;

  private final long[] gaps;
  private final double minMeanMs;
  private final double minStdDevMs;
  private int size;
  private int next;
  private double sum;
  private double sumOfSquares;

  GapWindow(LivenessSettings settings) {
    gaps = new long[settings.suspicion().window()];
    minMeanMs = settings.cadence().beatMs();
    minStdDevMs = settings.suspicion().minStdDevMs();
  }

  void add(long gapMs) {
    if (size == gaps.length) {
      sum -= gaps[next];
      sumOfSquares -= (double) gaps[next] * gaps[next];
    } else {
      size++;
    }
    gaps[next] = gapMs;
    next = (next + 1) % gaps.length;
    sum += gapMs;
    sumOfSquares += (double) gapMs * gapMs;
  }

  double phi(long silentMs) {
    double y = (silentMs - mean()) / stdDev();
    // Logistic approximation of the cumulative normal distribution; its error is below 1.5e-4 near
    // the mean.
    double e = Math.exp(-y * (1.5976 + 0.070566 * y * y));
    double late = y > 0 ? e / (1.0 + e) : 1.0 - 1.0 / (1.0 + e);
    return Math.min(PHI_MAX, Math.max(0, -Math.log10(late)));
  }

  /**
   * Bursts after a delay would pull the mean below the interval at which agents beat: hence the
   * floor.
   */
  private double mean() {
    return size == 0 ? minMeanMs : Math.max(minMeanMs, sum / size);
  }

  private double stdDev() {
    if (size < 2) {
      return minStdDevMs;
    }
    double mean = sum / size;
    return Math.max(minStdDevMs, Math.sqrt(Math.max(0, sumOfSquares / size - mean * mean)));
  }
}
