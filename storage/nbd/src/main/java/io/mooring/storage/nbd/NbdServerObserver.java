package io.mooring.storage.nbd;

import org.jspecify.annotations.Nullable;

/** Hears of clients that come and go. Called by the connections' threads; must not block. */
public interface NbdServerObserver {

  /** The observer of servers whose counters are enough. */
  NbdServerObserver NONE = new NbdServerObserver() {};

  /** A client has finished the handshake. */
  default void connected(String client, String export) {}

  /**
   * A client is gone.
   *
   * @param export null if it had not chosen one
   * @param cause what was thrown, for the reasons that stand for a failure
   */
  default void disconnected(
      String client, @Nullable String export, DisconnectReason reason, @Nullable Throwable cause) {}
}
