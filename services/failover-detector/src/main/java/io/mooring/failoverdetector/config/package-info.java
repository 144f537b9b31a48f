/**
 * Configuration of the detector: its keys, their defaults, and the check that reports all problems
 * at once.
 */
@NullMarked
package io.mooring.failoverdetector.config;

import org.jspecify.annotations.NullMarked;
