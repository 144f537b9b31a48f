/**
 * The bytes of a repository: docs/backup-format.md. Start at {@link
 * io.mooring.storage.backup.format.RootObject}, from which everything else hangs: root, maps of
 * volumes, pages of regions, chunks. All of it but the header is sealed, and all but root and
 * records of housekeeping are blobs in packs, named by a keyed hash of what they contain, so that
 * the root proves the whole.
 */
@NullMarked
package io.mooring.storage.backup.format;

import org.jspecify.annotations.NullMarked;
