package io.mooring.volumemanager.history;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One record that concerns a volume.
 *
 * @param at when, by the writer's clock
 * @param id the record's id
 * @param type what it says
 * @param source who wrote it
 * @param correlationId incident or request to which it belongs
 * @param causationId the record that led to it; null at a root
 * @param topic where it stands
 * @param value the record
 */
public record HistoryEntry(
    Instant at,
    UUID id,
    String type,
    String source,
    UUID correlationId,
    @Nullable UUID causationId,
    String topic,
    JsonNode value) {}
