package io.mooring.storage.replication;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** The head's own questions to replicas, with what to do with the answers. */
final class Inquiries {
  private final Outbox outbox;
  private final Map<RequestId, Inquiry> open = new HashMap<>();
  private long last;

  Inquiries(Outbox outbox) {
    this.outbox = outbox;
  }

  /**
   * Asks on behalf of {@code owner}; {@code then} runs at the answer, unless the owner or the
   * stream is gone by then.
   */
  void ask(
      Object owner,
      Link link,
      Function<RequestId, HeadMessage> question,
      Consumer<ReplicaMessage.Answer> then) {
    RequestId id = new RequestId(--last);
    open.put(id, new Inquiry(owner, link, then));
    link.open().await(outbox.now());
    outbox.send(link, question.apply(id));
  }

  void answered(ReplicaMessage.Answer answer) {
    Inquiry inquiry = open.remove(answer.request());
    if (inquiry != null) {
      inquiry.then().accept(answer);
    } else if (answer instanceof ReplicaMessage.Data) {
      outbox.add(new HeadEffect.Release(answer.request()));
    }
  }

  void drop(Object owner) {
    open.values().removeIf(inquiry -> inquiry.owner() == owner);
  }

  void streamClosed(Link link) {
    open.values().removeIf(inquiry -> inquiry.link() == link);
  }

  private record Inquiry(Object owner, Link link, Consumer<ReplicaMessage.Answer> then) {}
}
