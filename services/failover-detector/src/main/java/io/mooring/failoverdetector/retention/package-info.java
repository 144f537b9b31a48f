/**
 * What the logs of brokers can come to hold, because Kafka deletes by itself what its topics'
 * retention does not keep ({@code mooring.broker.retention}).
 *
 * <p>{@link LogBound} is the bound of one log, {@link RetentionWatch} adds logs up by directory;
 * {@link RetentionReader} fetches what they need and {@link RetentionPoller} asks it, rarely and
 * with clients of its own: no reading of brokers waits for it.
 */
@NullMarked
package io.mooring.failoverdetector.retention;

import org.jspecify.annotations.NullMarked;
