package io.mooring.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.storage.replication.ByteRange;
import io.mooring.storage.replication.HeadMessage;
import io.mooring.storage.replication.HeadMessage.Change;
import io.mooring.storage.replication.ReplicaMessage;
import io.mooring.storage.replication.RequestId;
import io.mooring.storage.replication.Sequence;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicaStreamQueueTest {

  private final List<String> applied = new ArrayList<>();
  private final List<ReplicaStreamQueue.Ready> zeroing = new ArrayList<>();
  private final ReplicaStreamQueue queue =
      new ReplicaStreamQueue(new RemotePort(), new PayloadPool(), this::apply);

  @Test
  void aChangeIsAppliedStraightFromTheInput() {
    ByteBuffer input = payload('a');
    arrive(write(1, 0), input);
    assertThat(applied).containsExactly("1a");
  }

  @Test
  void aChangeThatHasToWaitKeepsItsBytes() {
    Change write = write(1, 0);
    ByteBuffer input = payload('a');
    queue.arriving(write, input);
    queue.arrived(write); // the replica has not asked for it yet
    input.put(0, (byte) 'x');
    AfterUnlock after = AfterUnlock.batching();
    queue.add(write, after);
    after.run();
    assertThat(applied).containsExactly("1a");
  }

  @Test
  void whatOverlapsARangeBeingZeroedWaitsForIt() {
    arrive(
        new HeadMessage.Zero(new Sequence(1), new ByteRange(0, 8), new Sequence(0)), payload(' '));
    arrive(write(2, 100), payload('b'));
    arrive(write(3, 4), payload('c'));
    arrive(write(4, 200), payload('d'));
    assertThat(applied).containsExactly("1zero", "2b");
    queue.finished(zeroing.getFirst());
    assertThat(applied).containsExactly("1zero", "2b", "3c", "4d");
  }

  private void arrive(Change change, ByteBuffer payload) {
    AfterUnlock after = AfterUnlock.batching();
    queue.arriving(change, payload);
    queue.add(change, after);
    queue.arrived(change);
    after.run();
  }

  private void apply(ReplicaStreamQueue.Ready ready, AfterUnlock after) {
    long sequence = ready.change().sequence().value();
    if (ready.change() instanceof HeadMessage.Zero) {
      applied.add(sequence + "zero");
      zeroing.add(ready);
    } else {
      applied.add(sequence + "" + (char) ready.payload().get(0));
      queue.finished(ready);
    }
  }

  private static Change write(long sequence, long offset) {
    return new HeadMessage.Write(
        new Sequence(sequence), new ByteRange(offset, 1), new Sequence(0), new RequestId(0));
  }

  private static ByteBuffer payload(char content) {
    return ByteBuffer.allocateDirect(1).put(0, (byte) content);
  }

  /** A remote head, of which nobody expects anything. */
  private static final class RemotePort implements ReplicaPort {
    @Override
    public boolean inOrder() {
      return true;
    }

    @Override
    public void send(ReplicaMessage message, AfterUnlock after) {
      throw new AssertionError(message);
    }

    @Override
    public void answer(ReplicaMessage message) {
      throw new AssertionError(message);
    }

    @Override
    public void sendData(RequestId request, ByteBuffer bytes) {
      throw new AssertionError(request);
    }

    @Override
    public void end(AfterUnlock after) {}
  }
}
