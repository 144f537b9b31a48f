package io.mooring.localcluster.bench;

import java.util.List;

/**
 * Least-squares line through points {@code [x, y]}.
 *
 * @param slope change of y per unit of x
 * @param intercept y at x = 0
 * @param slopeError standard error of the slope, NaN with fewer than three points
 * @param rSquared share of the variance of y that the line explains
 */
record Line(double slope, double intercept, double slopeError, double rSquared) {

  static Line through(List<double[]> points) {
    int n = points.size();
    double meanX = points.stream().mapToDouble(p -> p[0]).average().orElse(0);
    double meanY = points.stream().mapToDouble(p -> p[1]).average().orElse(0);
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (double[] p : points) {
      xx += (p[0] - meanX) * (p[0] - meanX);
      xy += (p[0] - meanX) * (p[1] - meanY);
      yy += (p[1] - meanY) * (p[1] - meanY);
    }
    double slope = xx == 0 ? 0 : xy / xx;
    double residual = Math.max(0, yy - slope * xy);
    double error = n > 2 && xx > 0 ? Math.sqrt(residual / (n - 2) / xx) : Double.NaN;
    return new Line(slope, meanY - slope * meanX, error, yy == 0 ? 1 : 1 - residual / yy);
  }

  /** Whether the slope cannot be told from zero: within two standard errors. */
  boolean isFlat() {
    return Math.abs(slope) <= 2 * slopeError;
  }
}
