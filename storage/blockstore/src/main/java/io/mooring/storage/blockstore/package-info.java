/**
 * Replica files: superblock, activity map, dirty maps and data of one replica in a directory of a
 * pool.
 *
 * <p>The bytes are specified in {@code docs/disk-format.md}. Opening a replica validates everything
 * that can be validated and refuses what it does not understand; nothing is repaired silently. All
 * I/O goes through {@link io.mooring.storage.linux.BlockFile}, so an interrupted thread cannot
 * close a file under other threads.
 */
@NullMarked
package io.mooring.storage.blockstore;

import org.jspecify.annotations.NullMarked;
