package io.mooring.kubernetes;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Does something for each of many; one that fails stops no other, and is told at the end. */
public final class Failures {

  private @Nullable RuntimeException first;

  public <T> void attempt(T item, Consumer<T> action) {
    try {
      action.accept(item);
    } catch (RuntimeException e) {
      if (first == null) {
        first = e;
      } else {
        first.addSuppressed(e);
      }
    }
  }

  public void rethrow() {
    if (first != null) {
      throw first;
    }
  }
}
