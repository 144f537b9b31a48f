/**
 * The migrator: backups of volumes and applications in an object store, restores from there, and
 * migrations to another cluster, which are a backup here and a restore there.
 *
 * <p>Where to begin: {@link io.mooring.migrator.decision.MigrationMachine} decides, {@link
 * io.mooring.migrator.work.Workshop} does it, {@code control} connects both to the control topics.
 */
@NullMarked
package io.mooring.migrator;

import org.jspecify.annotations.NullMarked;
