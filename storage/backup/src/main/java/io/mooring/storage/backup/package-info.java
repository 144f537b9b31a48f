/**
 * Backups of volumes in an object store. Start at {@link io.mooring.storage.backup.Repository};
 * what is done with one is a class of its own: {@link io.mooring.storage.backup.BackupJob}, {@link
 * io.mooring.storage.backup.RestoreJob}, {@link io.mooring.storage.backup.VerifyJob}, {@link
 * io.mooring.storage.backup.PruneJob}. The bytes are in {@code format}, the store in {@code store}.
 *
 * <p>Nothing here keeps state of its own: whatever a job needs to go on after a crash is in the
 * object store, or in the volume that it restores.
 */
@NullMarked
package io.mooring.storage.backup;

import org.jspecify.annotations.NullMarked;
