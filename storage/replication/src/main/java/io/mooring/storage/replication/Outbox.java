package io.mooring.storage.replication;

import java.util.function.Consumer;

/** Where effects go while one input is being handled, and the time of that input. */
final class Outbox {
  private Consumer<HeadEffect> effects = effect -> {};
  private long nowNanos;

  void begin(long now, Consumer<HeadEffect> sink) {
    nowNanos = now;
    effects = sink;
  }

  long now() {
    return nowNanos;
  }

  void add(HeadEffect effect) {
    effects.accept(effect);
  }

  void complete(RequestId request, Outcome outcome) {
    effects.accept(new HeadEffect.Complete(request, outcome));
  }

  void send(Link link, HeadMessage message) {
    effects.accept(new HeadEffect.Send(link.replica(), link.open().stream(), message));
  }
}
