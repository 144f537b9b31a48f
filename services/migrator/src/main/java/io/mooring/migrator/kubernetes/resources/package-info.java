/**
 * Cluster pairs, rules, schedules and migrations as resources of Kubernetes. What comes in is
 * written to control topics and is followed from there, so an API server that is away changes
 * nothing; everything is compared anew, each second, both ways. One instance of several does it,
 * the holder of a lease.
 */
@NullMarked
package io.mooring.migrator.kubernetes.resources;

import org.jspecify.annotations.NullMarked;
