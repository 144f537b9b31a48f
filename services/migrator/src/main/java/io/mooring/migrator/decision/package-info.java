/**
 * What a backup, a restore or a migration does next. A pure core: records of the control topics in,
 * the next state with tasks and events out; no clock, no threads, no I/O. It works on the records
 * themselves, which it never changes: the state of a migration is its contract.
 */
@NullMarked
package io.mooring.migrator.decision;

import org.jspecify.annotations.NullMarked;
