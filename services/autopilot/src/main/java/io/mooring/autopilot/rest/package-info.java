/** The REST door: rules, their states on volumes, approvals and previews. */
@NullMarked
package io.mooring.autopilot.rest;

import org.jspecify.annotations.NullMarked;
