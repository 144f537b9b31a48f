/**
 * The catalogue of all volumes, as a Kafka Streams topology with exactly-once processing: one
 * record in, one transition of one volume and everything it announces out, in one transaction.
 * {@link io.mooring.volumemanager.catalogue.CatalogueTopology} shows how records flow; what is
 * decided is decided in {@code volume}.
 */
@NullMarked
package io.mooring.volumemanager.catalogue;

import org.jspecify.annotations.NullMarked;
