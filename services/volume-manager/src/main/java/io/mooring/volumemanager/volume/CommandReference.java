package io.mooring.volumemanager.volume;

import java.time.Instant;

/**
 * What is needed to answer a command, now or later.
 *
 * @param volume which volume it is about
 * @param cause the command's record
 * @param idempotencyKey same key, same command
 * @param expiresAt when the one who asked stops waiting
 */
public record CommandReference(
    VolumeId volume, Cause cause, String idempotencyKey, Instant expiresAt) {

  boolean isExpired(Instant now) {
    return now.isAfter(expiresAt);
  }
}
