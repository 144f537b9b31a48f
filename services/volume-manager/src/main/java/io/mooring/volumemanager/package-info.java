/**
 * volume-manager owns the state of every volume: where its replicas are, to whom it belongs, which
 * replicas are in sync.
 *
 * <p>Start at {@link io.mooring.volumemanager.VolumeManager}, which puts the parts together. What
 * is decided is in {@code volume} and {@code placement}, without any framework; {@code catalogue}
 * is the Kafka Streams topology around them; {@code command} and {@code query} are how this or
 * another instance is asked; {@code csi} and {@code rest} are the two doors.
 */
@NullMarked
package io.mooring.volumemanager;

import org.jspecify.annotations.NullMarked;
