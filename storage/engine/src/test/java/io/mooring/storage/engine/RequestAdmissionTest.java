package io.mooring.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
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
  void whoHasLookedInVainIsStillLetInWhenThereIsRoom() throws Exception {
    admission.enter(100, queued::get);
    Waiter waiter = Waiter.start(() -> admission.enter(100, queued::get));
    admission.tick();
    waiter.awaitWaiting();
    admission.leave(100);
    waiter.awaitEnd();
  }

  @Test
  void thoseWhoWaitDoNotWaitForEachOther() throws Exception {
    admission.enter(100, queued::get);
    List<Waiter> waiters = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      waiters.add(
          Waiter.start(() -> {
            admission.enter(60, queued::get);
            admission.leave(60);
          }));
    }
    admission.leave(100);
    for (Waiter waiter : waiters) {
      waiter.awaitEnd();
    }
  }

  @Test
  void aLargeRequestIsNotOvertakenBySmallOnes() throws Exception {
    admission.enter(60, queued::get);
    Waiter large = Waiter.start(() -> admission.enter(100, queued::get));
    Waiter small = Waiter.start(() -> admission.enter(10, queued::get));
    admission.leave(60);
    large.awaitEnd();
    small.awaitWaiting();
    admission.leave(100);
    small.awaitEnd();
  }

  /** A client's thread, which has begun to wait when this is made. */
  private record Waiter(Thread thread) {

    static Waiter start(Runnable entering) {
      Waiter waiter = new Waiter(Thread.ofPlatform().daemon().start(entering));
      waiter.awaitWaiting();
      return waiter;
    }

    void awaitWaiting() {
      await().until(() -> thread.getState() == Thread.State.WAITING);
    }

    void awaitEnd() {
      await().until(() -> thread.getState() == Thread.State.TERMINATED);
    }
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
