/** The port to an object store, and what every store needs around it: patience and a limit. */
@NullMarked
package io.mooring.storage.backup.store;

import org.jspecify.annotations.NullMarked;
