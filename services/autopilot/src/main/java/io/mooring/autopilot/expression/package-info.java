/**
 * Arithmetic over the metrics of a volume, as rules write it: parsed once into a tree, evaluated
 * with every measurement. What is not measured has no value, and nothing is ever assumed in its
 * place.
 */
@NullMarked
package io.mooring.autopilot.expression;

import org.jspecify.annotations.NullMarked;
