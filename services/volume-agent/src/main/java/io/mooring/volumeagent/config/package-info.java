/** Settings of the agent: one mapping, checked as a whole before anything starts. */
@NullMarked
package io.mooring.volumeagent.config;

import org.jspecify.annotations.NullMarked;
