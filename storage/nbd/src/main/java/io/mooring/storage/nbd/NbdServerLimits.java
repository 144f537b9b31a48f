package io.mooring.storage.nbd;

import java.time.Duration;

/**
 * What the server grants its clients. The buffers of all clients together stay below {@code
 * connectionsMax * (inFlightBytesMax + requestBytesMax)}.
 *
 * @param connectionsMax clients at a time; one more is turned away
 * @param handshakesMax unfinished handshakes at a time; one more ends the oldest of them
 * @param handshakeTimeout for the whole handshake
 * @param stallTimeout for a client that stops inside a message or does not read its replies; idling
 *     between messages is free
 * @param drainTimeout for requests under way when a client says goodbye or an export is withdrawn
 * @param requestBytesMax longest read or write; told to clients as maximum block size
 * @param inFlightBytesMax payload of one client's unfinished requests and unsent replies; the
 *     server reads no further request until it is below
 */
public record NbdServerLimits(
    int connectionsMax,
    int handshakesMax,
    Duration handshakeTimeout,
    Duration stallTimeout,
    Duration drainTimeout,
    int requestBytesMax,
    int inFlightBytesMax) {

  /** The protocol promises clients that do not ask for the limit that this much works. */
  private static final int REQUEST_BYTES_LEAST = 32 << 20;

  public NbdServerLimits {
    if (connectionsMax < 1 || handshakesMax < 1 || inFlightBytesMax < 1) {
      throw new IllegalArgumentException("limits must be positive");
    }
    if (requestBytesMax < REQUEST_BYTES_LEAST) {
      throw new IllegalArgumentException(
          "requestBytesMax is %d, NBD clients rely on %d"
              .formatted(requestBytesMax, REQUEST_BYTES_LEAST));
    }
    checkPositive("handshakeTimeout", handshakeTimeout);
    checkPositive("stallTimeout", stallTimeout);
    checkPositive("drainTimeout", drainTimeout);
  }

  /** Limits for one node's volumes: a few connections each, none of them hostile as a rule. */
  public static NbdServerLimits defaults() {
    return new NbdServerLimits(
        256,
        32,
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        Duration.ofSeconds(10),
        REQUEST_BYTES_LEAST,
        16 << 20);
  }

  private static void checkPositive(String name, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(name + " must be positive, is " + value);
    }
  }
}
