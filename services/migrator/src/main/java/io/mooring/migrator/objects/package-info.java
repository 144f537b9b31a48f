/**
 * Which objects of an application go along, and how they are changed on the way. A pure core: what
 * was asked for and manifests in, manifests out; no clock, no threads, no I/O. It knows objects as
 * JSON in the form that Kubernetes gives them, whoever keeps them.
 */
@NullMarked
package io.mooring.migrator.objects;

import org.jspecify.annotations.NullMarked;
