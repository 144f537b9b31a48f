package io.mooring.volumemanager.volume;

import org.jspecify.annotations.Nullable;

/**
 * A fact with what led to it.
 *
 * @param fact what happened
 * @param cause the record that led to it
 * @param answers idempotency key of the command that this answers, null if it answers none
 */
public record Announcement(VolumeFact fact, Cause cause, @Nullable String answers) {}
