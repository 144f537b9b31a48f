/** Faults at random moments under load, then the ledger: what a team runs before it trusts. */
@NullMarked
package io.mooring.localcluster.drill;

import org.jspecify.annotations.NullMarked;
