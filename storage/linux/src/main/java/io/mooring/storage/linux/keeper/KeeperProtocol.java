package io.mooring.storage.linux.keeper;

import java.util.regex.Pattern;

/**
 * One connection per request; one packet each way on a unix SOCK_SEQPACKET socket, UTF-8 text.
 *
 * <pre>
 * request                                   answer
 * DEPOSIT name   with one descriptor        OK                       replaces an older deposit
 * FETCH name                                OK with the descriptor   | NONE
 * RELEASE name                              OK                       | NONE
 * LIST                                      OK name name ...         sorted
 * STOP                                      OK                       | ERROR while anything is kept
 * anything else                             ERROR sentence
 * </pre>
 *
 * A fetched descriptor stays deposited. A name is 1 to 128 of {@code A-Z a-z 0-9 . _ -}.
 */
final class KeeperProtocol {
  static final String DEPOSIT = "DEPOSIT";
  static final String FETCH = "FETCH";
  static final String RELEASE = "RELEASE";
  static final String LIST = "LIST";
  static final String STOP = "STOP";

  static final String OK = "OK";
  static final String NONE = "NONE";
  static final String ERROR = "ERROR";

  static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  private KeeperProtocol() {}
}
