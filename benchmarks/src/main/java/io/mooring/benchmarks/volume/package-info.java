/**
 * What a volume costs: Mooring beside other NBD servers under fio, and a Kafka broker's ingest on a
 * Mooring volume beside a plain directory, on the same disk in the same run.
 */
@NullMarked
package io.mooring.benchmarks.volume;

import org.jspecify.annotations.NullMarked;
