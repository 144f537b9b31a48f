/**
 * The tasks: each does one step, for one volume or for all. Every task may be begun twice, on two
 * instances at once, and end anywhere in between.
 */
@NullMarked
package io.mooring.migrator.work;

import org.jspecify.annotations.NullMarked;
