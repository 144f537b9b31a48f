/** What the detector sees, over HTTP and as metrics; and which Kafka clusters it looks after. */
@NullMarked
package io.mooring.failoverdetector.rest;

import org.jspecify.annotations.NullMarked;
