package io.mooring.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class RequestAdmissionTest {

  private final RequestAdmission admission = new RequestAdmission(100);
  private final AtomicLong queued = new AtomicLong();

  @Test
  void aRequestWaitsForRoom() throws Exception {
    admission.enter(80, queued::get);
    CompletableFuture<Void> second =
        CompletableFuture.runAsync(() -> admission.enter(30, queued::get));
    admission.leave(80);
    second.get(5, TimeUnit.SECONDS);
  }

  @Test
  void aRequestLargerThanTheRoomGoesAlone() {
    admission.enter(1000, queued::get);
    admission.leave(1000);
    admission.enter(100, queued::get);
  }

  @Test
  void whatIsOnItsWayToASlowReplicaCounts() throws Exception {
    queued.set(101);
    CompletableFuture<Void> held =
        CompletableFuture.runAsync(() -> admission.enter(1, queued::get));
    queued.set(0);
    while (!held.isDone()) {
      admission.tick();
      Thread.onSpinWait();
    }
    assertThat(held).isCompleted();
  }
}
