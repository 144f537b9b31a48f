/**
 * The agent's REST API and health checks: what this node holds and sees. Nothing here decides
 * anything.
 */
@NullMarked
package io.mooring.volumeagent.rest;

import org.jspecify.annotations.NullMarked;
