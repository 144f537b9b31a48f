/**
 * The data plane of one node: replicas in pools, their server, and the heads of the volumes that
 * are attached here.
 *
 * <p>A thin shell around {@code storage/replication}: each {@link ReplicaHost} and {@link
 * VolumeHead} is a lock around its protocol object, and carries out the effects with real files and
 * sockets. Nothing here decides what is safe to acknowledge.
 *
 * <p>Lock order: head before replica before output of a connection. Neither disks nor sockets nor
 * clients are waited for under one of these locks.
 */
@NullMarked
package io.mooring.storage.engine;

import org.jspecify.annotations.NullMarked;
