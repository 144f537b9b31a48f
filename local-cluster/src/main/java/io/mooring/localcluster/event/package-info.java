/**
 * What happens in a cluster, as it happens: records of the control topics, steps of pods and
 * injected faults in one feed, from which an incident can be told afterwards.
 */
@NullMarked
package io.mooring.localcluster.event;

import org.jspecify.annotations.NullMarked;
