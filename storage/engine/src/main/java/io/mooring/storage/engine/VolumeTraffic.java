package io.mooring.storage.engine;

/**
 * Requests to a head since its run began.
 *
 * @param zeroes trims and zeroes
 * @param failures requests that ended with an error
 */
public record VolumeTraffic(
    Requests reads, Requests writes, Requests zeroes, Requests flushes, long failures) {

  /**
   * Requests of one kind that were carried out.
   *
   * @param nanos sum of the times from request to answer
   */
  public record Requests(long count, long bytes, long nanos) {}
}
