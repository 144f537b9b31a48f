package io.mooring.volumemanager.volume;

import java.util.UUID;

/**
 * The record that led to a decision, so that every decision can be explained (I10).
 *
 * @param recordId id of that record
 * @param correlationId incident or user request to which it belongs
 */
public record Cause(UUID recordId, UUID correlationId) {}
