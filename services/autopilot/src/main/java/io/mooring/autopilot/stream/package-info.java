/**
 * The Kafka Streams shell of the autopilot, with exactly-once processing: one record in, and the
 * states, events and commands that follow from it out, in one transaction. A crash between any two
 * steps repeats all of them or none (I7).
 */
@NullMarked
package io.mooring.autopilot.stream;

import org.jspecify.annotations.NullMarked;
