package io.mooring.volumemanager.expansion;

/**
 * A pool's drive as its agent described it last.
 *
 * @param sizeBytes size of the drive
 * @param maxBytes size past which the agent does not grow it
 * @param capacityBytes what its file system leaves to replicas
 * @param problem why the newest attempt to grow it failed, empty if it did not
 */
public record Drive(long sizeBytes, long maxBytes, long capacityBytes, String problem) {}
