package io.mooring.volumeagent.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.HeadDetached;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboxTest {

  private final Outbox outbox = new Outbox();

  @Test
  void aNewerStatementReplacesAnOlderOneAndGoesToTheEnd() throws InterruptedException {
    Outbox.Entry lost = entry("r1 lost");
    Outbox.Entry served = entry("head serves");
    Outbox.Entry lostAgain = entry("r1 lost");
    outbox.put(lost);
    outbox.put(served);
    outbox.put(lostAgain);

    assertThat(outbox.take()).containsExactly(served, lostAgain);
  }

  @Test
  void whatCouldNotBeSentComesFirstAgain() throws InterruptedException {
    Outbox.Entry first = entry("a");
    Outbox.Entry second = entry("b");
    outbox.put(first);
    List<Outbox.Entry> unsent = outbox.take();
    outbox.put(second);
    outbox.putBack(unsent);

    assertThat(outbox.take()).containsExactly(first, second);
  }

  @Test
  void whatCouldNotBeSentIsDroppedWhenSomethingNewerIsThere() throws InterruptedException {
    Outbox.Entry old = entry("a");
    Outbox.Entry newer = entry("a");
    outbox.put(old);
    List<Outbox.Entry> unsent = outbox.take();
    outbox.put(newer);
    outbox.putBack(unsent);

    assertThat(outbox.take()).containsExactly(newer);
    assertThat(outbox.size()).isZero();
  }

  private static Outbox.Entry entry(String subject) {
    return new Outbox.Entry(
        ControlTopic.VOLUME_REPORTS,
        "vol-1",
        subject,
        new HeadDetached(),
        EventHeaders.root("t", "s", "vol-1"));
  }
}
