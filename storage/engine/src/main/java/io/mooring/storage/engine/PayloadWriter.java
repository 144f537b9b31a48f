package io.mooring.storage.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooring.storage.replication.BlockSet;
import io.mooring.storage.replication.HeadMessage.Membership;
import io.mooring.storage.replication.Promise;
import io.mooring.storage.replication.ReplicaId;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Builds the payload of messages that carry structure instead of the volume's bytes. */
final class PayloadWriter {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);

  /** What cannot happen when writing to memory. */
  private interface Step {
    void run() throws IOException;
  }

  PayloadWriter number(long value) {
    return step(() -> out.writeLong(value));
  }

  PayloadWriter text(String text) {
    byte[] encoded = text.getBytes(UTF_8);
    return step(() -> {
      out.writeShort(encoded.length);
      out.write(encoded);
    });
  }

  PayloadWriter promise(Promise promise) {
    return number(promise.epoch().value()).number(promise.session().value());
  }

  PayloadWriter membership(Membership membership) {
    return number(membership.generation().value())
        .replicas(membership.inSync())
        .replicas(membership.absent());
  }

  PayloadWriter replicas(List<ReplicaId> replicas) {
    step(() -> out.writeShort(replicas.size()));
    for (ReplicaId replica : replicas) {
      text(replica.value());
    }
    return this;
  }

  PayloadWriter blocks(BlockSet blocks) {
    for (BlockSet.Page page : blocks.pages()) {
      step(() -> out.writeInt(page.index()));
      numbers(page.words());
    }
    return this;
  }

  PayloadWriter numbers(long[] values) {
    for (long value : values) {
      number(value);
    }
    return this;
  }

  ByteBuffer toBuffer() {
    byte[] content = bytes.toByteArray();
    return ByteBuffer.allocateDirect(content.length).put(content).flip();
  }

  private PayloadWriter step(Step step) {
    try {
      step.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }
}
