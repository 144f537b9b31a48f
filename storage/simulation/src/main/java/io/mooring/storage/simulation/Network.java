package io.mooring.storage.simulation;

import java.util.TreeSet;

/** Which node reaches which. Cuts have a direction. */
final class Network {
  private final TreeSet<String> cuts = new TreeSet<>();

  void cut(String from, String to) {
    cuts.add(from + ">" + to);
  }

  void heal() {
    cuts.clear();
  }

  void heal(String node) {
    cuts.removeIf(cut -> cut.startsWith(node + ">") || cut.endsWith(">" + node));
  }

  boolean reaches(String from, String to) {
    return from.equals(to) || !cuts.contains(from + ">" + to);
  }
}
