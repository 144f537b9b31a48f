/**
 * The autopilot on Kubernetes: rules, approvals and labels come from the API server, states and
 * problems go there. What comes in is written to control topics and is in use from there, so an API
 * server that is away changes nothing; everything is compared anew, each second, and so catches up.
 * One instance of several does it, the holder of a lease.
 */
@NullMarked
package io.mooring.autopilot.kubernetes;

import org.jspecify.annotations.NullMarked;
