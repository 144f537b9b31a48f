/** What the agent counts and measures, for Prometheus. */
@NullMarked
package io.mooring.volumeagent.metrics;

import org.jspecify.annotations.NullMarked;
