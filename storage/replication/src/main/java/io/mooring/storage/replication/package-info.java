/**
 * The replication protocol of {@code docs/protocol.md} as code: {@link Head} fans the writes of one
 * attachment out to the replicas, {@link Replica} guards one copy.
 *
 * <p>Inputs in, effects out. No threads, I/O, clock, randomness or logging: the engine supplies
 * time with every input and carries the effects out, the simulator does the same with faults. Both
 * classes belong to one caller at a time (the lock of the volume) and are never re-entered from an
 * effect.
 */
@NullMarked
package io.mooring.storage.replication;

import org.jspecify.annotations.NullMarked;
