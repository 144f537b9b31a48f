package io.mooring.autopilot.stream;

import java.time.Duration;

/**
 * @param source CloudEvents source of what this instance writes
 * @param sampleAgeMax how old a measurement may be that leads to anything
 * @param retryAfter pause after a refused resize
 * @param commandLifetime after this time a resize that nobody took is refused
 */
public record AutopilotSettings(
    String source, Duration sampleAgeMax, Duration retryAfter, Duration commandLifetime) {}
