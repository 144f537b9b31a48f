package io.mooring.migrator.kubernetes.resources;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Locale;
import java.util.UUID;

/**
 * Names of resources on the control topics, where there are no namespaces. A resource of the admin
 * namespace keeps its name, the others have their namespace before it; what is too long ends with a
 * digest instead. Two that come to the same name do not share it: one owns it.
 */
record ControlNames(String adminNamespace) {

  private static final int MAX = 50;

  /** Names of its migrations are longer by the occasion. */
  private static final int SCHEDULE_MAX = 28;

  private static final int DIGEST = 8;

  String pair(String namespace, String name) {
    return of(namespace, name, MAX);
  }

  String rule(String namespace, String name) {
    return of(namespace, name, MAX);
  }

  String schedule(String namespace, String name) {
    return of(namespace, name, SCHEDULE_MAX);
  }

  /**
   * A migration's name is that of its backup, and is used once; a resource may be deleted and made
   * again. So it is told from all others by its uid. The letter keeps it from being taken for the
   * number of a part.
   */
  String migration(String name, String uid) {
    String suffix = "-m" + digest(uid).substring(1);
    return cut(fit(name), MAX - suffix.length()) + suffix;
  }

  private String of(String namespace, String name, int max) {
    String full = fit(namespace.equals(adminNamespace) ? name : namespace + "-" + name);
    if (full.length() >= 2 && full.length() <= max) {
      return full;
    }
    return cut(full, max - DIGEST - 1) + "-" + digest(namespace + "/" + name);
  }

  private static String fit(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
  }

  private static String cut(String name, int max) {
    return (name.length() <= max ? name : name.substring(0, max)).replaceAll("-+$", "");
  }

  private static String digest(String text) {
    return UUID.nameUUIDFromBytes(text.getBytes(UTF_8)).toString().substring(0, DIGEST);
  }
}
