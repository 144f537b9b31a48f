package io.mooring.volumemanager.volume;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Why a request is refused. The code is stable and documented in docs/errors/vol.md.
 *
 * @param code stable code
 * @param what what is wrong
 * @param why why it is refused
 * @param fix what to do about it
 */
public record Rejection(String code, String what, String why, String fix) {

  /** One rejection that names every problem; its code is the first one's. */
  public static Rejection all(List<Rejection> problems) {
    if (problems.size() == 1) {
      return problems.getFirst();
    }
    return new Rejection(
        problems.getFirst().code(),
        problems.stream().map(p -> p.code() + " " + p.what()).collect(Collectors.joining(" ")),
        problems.stream().map(Rejection::why).distinct().collect(Collectors.joining(" ")),
        problems.stream().map(Rejection::fix).distinct().collect(Collectors.joining(" ")));
  }

  @Override
  public String toString() {
    return code + " " + what + " " + why + " " + fix;
  }
}
