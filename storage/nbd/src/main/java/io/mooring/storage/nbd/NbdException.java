package io.mooring.storage.nbd;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What goes wrong for a client, under a stable code. */
public final class NbdException extends IOException {

  private static final long serialVersionUID = 1L;

  private final String code;
  private final NbdStatus status;

  private NbdException(String code, String message, NbdStatus status, @Nullable Throwable cause) {
    super(code + " " + message, cause);
    this.code = code;
    this.status = status;
  }

  static NbdException notNewstyle() {
    return new NbdException(
        "NBD-021",
        "The server does not greet as a fixed newstyle NBD server. Check address and port.",
        NbdStatus.EINVAL,
        null);
  }

  static NbdException refused(String export, String reason) {
    return new NbdException(
        "NBD-022",
        "The server refused the export '%s': %s.".formatted(export, reason),
        NbdStatus.EINVAL,
        null);
  }

  static NbdException lost(@Nullable Throwable cause) {
    return new NbdException(
        "NBD-023",
        "The connection to the NBD server is lost; what was under way may have happened or not.",
        NbdStatus.ESHUTDOWN,
        cause);
  }

  static NbdException violation(String what) {
    return new NbdException(
        "NBD-024", "The server broke the NBD protocol: " + what + ".", NbdStatus.EIO, null);
  }

  static NbdException failed(String request, NbdStatus status) {
    return new NbdException(
        "NBD-025", "The server answered %s with %s.".formatted(request, status), status, null);
  }

  static NbdException impossible(String why) {
    return new NbdException("NBD-026", why, NbdStatus.EINVAL, null);
  }

  /** The documented code. */
  public String code() {
    return code;
  }

  /** The server's answer for a request that it refused; otherwise the nearest match. */
  public NbdStatus status() {
    return status;
  }
}
