/** What can be set, checked as a whole before anything starts. */
@NullMarked
package io.mooring.autopilot.config;

import org.jspecify.annotations.NullMarked;
