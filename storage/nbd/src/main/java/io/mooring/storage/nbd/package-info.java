/**
 * The Network Block Device protocol: server, client and the port behind which a volume is served.
 *
 * <p>Start at {@link io.mooring.storage.nbd.NbdServer}: an accepted socket becomes a {@code
 * Connection} with one platform thread, which runs the {@code ServerHandshake} and then the {@code
 * RequestLoop} over a {@link io.mooring.storage.nbd.BlockDevice}. Replies leave through {@code
 * ReplyOutput} from whichever thread completes a request; no thread ever blocks on another client's
 * socket. The dialect is fixed newstyle with structured replies and {@code base:allocation}; TLS
 * and 64-bit lengths are deliberately absent.
 */
@NullMarked
package io.mooring.storage.nbd;

import org.jspecify.annotations.NullMarked;
