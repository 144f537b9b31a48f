/**
 * Autopilot rules, as people already write them: the YAML of {@code
 * autopilot.libopenstorage.org/v1alpha1} is read word for word. A rule that cannot be used gets all
 * its problems at once, each with the path that was typed and the way out.
 *
 * <p>{@code pollInterval} is read and kept, but nothing polls: a rule is evaluated with every
 * measurement that arrives, which is never later than a poll would have been.
 */
@NullMarked
package io.mooring.autopilot.rule;

import org.jspecify.annotations.NullMarked;
