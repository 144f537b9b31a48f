package io.mooring.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.storage.replication.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeadTrafficTest {

  private final HeadTraffic traffic = new HeadTraffic();
  private final List<Outcome> answered = new ArrayList<>();

  @Test
  void requestsAreCountedByKindWhenTheyAreAnswered() {
    RequestEnd write = traffic.write(4096, this::answer);
    RequestEnd flush = traffic.flush(this::answer);
    assertThat(traffic.snapshot().writes().count()).isZero();

    write.ended(Outcome.DONE, AfterUnlock.batching());
    flush.ended(Outcome.DONE, AfterUnlock.batching());

    VolumeTraffic counted = traffic.snapshot();
    assertThat(counted.writes().count()).isEqualTo(1);
    assertThat(counted.writes().bytes()).isEqualTo(4096);
    assertThat(counted.writes().nanos()).isPositive();
    assertThat(counted.flushes().count()).isEqualTo(1);
    assertThat(counted.reads().count()).isZero();
    assertThat(counted.failures()).isZero();
    assertThat(answered).containsExactly(Outcome.DONE, Outcome.DONE);
  }

  @Test
  void aRequestThatFailedIsAFailureOnly() {
    Outcome fenced = new Outcome.Failed(Outcome.Cause.FENCED);

    traffic.read(4096, this::answer).ended(fenced, AfterUnlock.batching());

    assertThat(traffic.snapshot().reads().count()).isZero();
    assertThat(traffic.snapshot().failures()).isEqualTo(1);
    assertThat(answered).containsExactly(fenced);
  }

  private void answer(Outcome outcome, AfterUnlock after) {
    answered.add(outcome);
  }
}
