package io.mooring.autopilot.decision;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a monitoring server answered to a query about a volume.
 *
 * @param value null if its answer has nothing about the volume
 * @param at moment for which the server computed it
 */
public record Answer(@Nullable BigDecimal value, Instant at) {}
