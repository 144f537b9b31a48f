package io.mooring.storage.replication;

import java.util.ArrayList;
import java.util.List;

/** Growing the volume: replicas first, then the device. */
final class Resizes {
  private final Run run;
  private final List<Pending> pending = new ArrayList<>();

  Resizes(Run run) {
    this.run = run;
  }

  void request(RequestId request, long sizeBytes) {
    pending.add(new Pending(request, sizeBytes));
    if (sizeBytes > run.sizeBytes()) {
      run.resized(sizeBytes);
      for (Link link : run.links().all()) {
        if (link.isOpen()) {
          catchUp(link.open(), link);
        }
      }
    }
  }

  /** A stream that was opened with a smaller size learns the current one. */
  void catchUp(Connection.Open open, Link link) {
    if (open.sizeBytes() < run.sizeBytes()) {
      open.await(run.outbox().now());
      run.outbox().send(link, new HeadMessage.Resize(run.sizeBytes()));
    }
  }

  void completeIfDone(boolean serving) {
    if (pending.isEmpty() || !serving) {
      return;
    }
    long everywhere =
        run.links().required().stream().mapToLong(link -> link.open().sizeBytes()).min().orElse(0);
    for (Pending resize : List.copyOf(pending)) {
      if (resize.sizeBytes() <= everywhere) {
        pending.remove(resize);
        run.outbox().complete(resize.request(), Outcome.DONE);
      }
    }
  }

  void failAll(Outcome outcome) {
    pending.forEach(resize -> run.outbox().complete(resize.request(), outcome));
    pending.clear();
  }

  private record Pending(RequestId request, long sizeBytes) {}
}
