package io.mooring.volumemanager.catalogue;

import java.time.Duration;

/**
 * @param source CloudEvents source of what this instance writes
 * @param replaceAfter how long a replica may be out of reach before it is replaced
 * @param tick how often waits and repairs are looked at
 * @param answersKept how long a repeated command gets the same answer
 * @param movesMax replicas that rebalances move at the same time
 */
public record CatalogueSettings(
    String source, Duration replaceAfter, Duration tick, Duration answersKept, int movesMax) {}
