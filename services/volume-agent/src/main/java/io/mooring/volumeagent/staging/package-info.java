/**
 * Volumes in use on this node: attached as block devices, mounted for the node, mounted for pods.
 * What is staged is remembered durably, so that a restarted agent finds its mounts again before it
 * does anything else.
 */
@NullMarked
package io.mooring.volumeagent.staging;

import org.jspecify.annotations.NullMarked;
