/**
 * The Kafka Streams shell: one processor reads heartbeats and node descriptors, asks the judges on
 * every record and on a wall-clock tick, and writes what they decide. Input offsets, state and
 * events are committed in one transaction, so a restart neither repeats nor forgets a judgement.
 */
@NullMarked
package io.mooring.failoverdetector.stream;

import org.jspecify.annotations.NullMarked;
