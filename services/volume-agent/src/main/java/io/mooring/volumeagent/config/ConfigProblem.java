package io.mooring.volumeagent.config;

/** One thing that is wrong with the configuration, under the key that the user typed. */
public record ConfigProblem(String code, String key, String what, String why, String fix) {

  @Override
  public String toString() {
    return code + " " + key + ": " + what + " " + why + " " + fix;
  }
}
