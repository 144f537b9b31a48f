/** What can go wrong with backups, under stable codes. */
@NullMarked
package io.mooring.storage.backup.fault;

import org.jspecify.annotations.NullMarked;
