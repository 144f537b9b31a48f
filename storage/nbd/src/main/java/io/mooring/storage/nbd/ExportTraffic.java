package io.mooring.storage.nbd;

/**
 * Requests to an export since it was published.
 *
 * @param trims trims and zeroes
 * @param failures requests that ended with an error, for whatever reason
 */
public record ExportTraffic(
    long reads,
    long readBytes,
    long writes,
    long writtenBytes,
    long flushes,
    long trims,
    long failures) {}
