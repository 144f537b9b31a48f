/**
 * The applications of a cluster as objects, as an orchestrator keeps them: what they are made of
 * can be read, written to another cluster, stopped and started, and commands can be run in their
 * pods.
 */
@NullMarked
package io.mooring.localcluster.application;

import org.jspecify.annotations.NullMarked;
