package io.mooring.autopilot.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Locale;
import java.util.UUID;

/** Names of resources that the autopilot makes, readable and unique. */
final class Names {

  private static final int READABLE_LENGTH_MAX = 200;
  private static final int DIGEST_LENGTH = 8;

  private Names() {}

  /** A name for a rule and something else of which there is one. */
  static String of(String rule, String volume, String unique) {
    String readable =
        (rule + "-" + volume).toLowerCase(Locale.ROOT).replaceAll("[^-a-z0-9.]+", "-");
    String digest =
        UUID.nameUUIDFromBytes((rule + "\n" + unique).getBytes(UTF_8))
            .toString()
            .substring(0, DIGEST_LENGTH);
    String shortened =
        readable.length() <= READABLE_LENGTH_MAX
            ? readable
            : readable.substring(0, READABLE_LENGTH_MAX);
    return "%s-%s".formatted(shortened, digest);
  }
}
