package io.mooring.migrator.kubernetes.resources;

import io.mooring.schemas.PairMode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a ClusterPair says.
 *
 * @param url of the other side's migrator; empty if it cannot be used
 * @param tokenSecret name of the Secret that has the token; empty if none is named
 * @param token as it stands in the resource; empty if none does
 * @param hindering why it cannot be used
 * @param notes what of it is not followed
 */
record PairManifest(
    String url,
    PairMode mode,
    String tokenSecret,
    String token,
    List<String> hindering,
    List<String> notes) {

  /** The migrator's own. A port that stands in the resource counts, also that of Portworx. */
  private static final String PORT = "8083";

  private static final String URL = "mooring.io/url";
  private static final String TOKEN_SECRET = "mooring.io/token-secret";

  private static final Map<String, PairMode> MODES = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  static {
    MODES.put("", PairMode.DEFAULT);
    MODES.put("Default", PairMode.DEFAULT);
    MODES.put("DisasterRecovery", PairMode.DISASTER_RECOVERY);
    MODES.put("OneTimeMigration", PairMode.ONE_TIME_MIGRATION);
  }

  static PairManifest of(Manifest manifest) {
    Fields spec = manifest.spec();
    Fields options = spec.part("options");
    List<String> hindering = new ArrayList<>();
    String url = options.text(URL);
    if (url.isEmpty() && !options.text("ip").isEmpty()) {
      String port = options.text("port");
      url = "http://%s:%s".formatted(options.text("ip"), port.isEmpty() ? PORT : port);
    }
    if (!isAddress(url)) {
      hindering.add(unfit(manifest, "its options ip and port are no address of a migrator"));
    }
    PairMode mode = MODES.get(options.text("mode"));
    if (mode == null) {
      hindering.add(
          unfit(
              manifest,
              "its mode is '%s', not Default, DisasterRecovery or OneTimeMigration"
                  .formatted(options.text("mode"))));
    }
    return new PairManifest(
        url,
        Optional.ofNullable(mode).orElse(PairMode.DEFAULT),
        options.text(TOKEN_SECRET),
        options.text("token"),
        hindering,
        notes(spec, options));
  }

  boolean namesSomebody() {
    return !url.isEmpty();
  }

  private static String unfit(Manifest manifest, String why) {
    return "MIG-175 ClusterPair '%s' is not used. Something is wrong with it: %s. Correct it."
        .formatted(manifest.name(), why);
  }

  private static List<String> notes(Fields spec, Fields options) {
    List<String> unfollowed = new ArrayList<>();
    if (!spec.part("config").values().isEmpty()) {
      unfollowed.add("spec.config");
    }
    if (!spec.part("platformOptions").values().isEmpty()) {
      unfollowed.add("spec.platformOptions");
    }
    if (!options.text("backuplocation").isEmpty()) {
      unfollowed.add("spec.options.backuplocation");
    }
    return Unfollowed.of(unfollowed);
  }

  private static boolean isAddress(String url) {
    try {
      URI uri = URI.create(url);
      return uri.getHost() != null && uri.getScheme() != null && uri.getScheme().matches("https?");
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
