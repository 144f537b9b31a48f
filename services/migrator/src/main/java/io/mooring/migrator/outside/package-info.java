/** What the migrator asks other services and the object store, and in which words they answer. */
@NullMarked
package io.mooring.migrator.outside;

import org.jspecify.annotations.NullMarked;
