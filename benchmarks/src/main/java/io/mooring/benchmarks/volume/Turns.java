package io.mooring.benchmarks.volume;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Who is measured when. */
final class Turns {

  private Turns() {}

  /** Each round begins with another contender: being first or last is no advantage. */
  static <T> List<T> of(List<T> contenders, int round) {
    List<T> turns = new ArrayList<>(contenders);
    Collections.rotate(turns, -round);
    return turns;
  }
}
