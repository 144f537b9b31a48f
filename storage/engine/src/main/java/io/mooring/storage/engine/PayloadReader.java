package io.mooring.storage.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooring.storage.replication.BlockSet;
import io.mooring.storage.replication.Generation;
import io.mooring.storage.replication.HeadMessage.Membership;
import io.mooring.storage.replication.Promise;
import io.mooring.storage.replication.ReplicaId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes apart what {@link PayloadWriter} has built. Content that cannot be is a {@link
 * BufferUnderflowException} or an exception of the type that refuses it; the codec makes a {@link
 * WireException} of it.
 */
final class PayloadReader {

  private static final int REPLICAS_MAX = 1024;

  private final ByteBuffer in;

  PayloadReader(ByteBuffer payload) {
    this.in = payload.duplicate();
  }

  long number() {
    return in.getLong();
  }

  String text() {
    byte[] bytes = new byte[Short.toUnsignedInt(in.getShort())];
    in.get(bytes);
    return new String(bytes, UTF_8);
  }

  Promise promise() {
    return Promise.of(number(), number());
  }

  Membership membership() {
    return new Membership(new Generation(number()), replicas(), replicas());
  }

  List<ReplicaId> replicas() {
    int count = in.getShort();
    if (count < 0 || count > REPLICAS_MAX) {
      throw new IllegalArgumentException("a list of " + count + " replicas");
    }
    List<ReplicaId> replicas = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      replicas.add(new ReplicaId(text()));
    }
    return replicas;
  }

  BlockSet blocks() {
    BlockSet blocks = new BlockSet();
    while (in.hasRemaining()) {
      int index = in.getInt();
      long[] words = new long[BlockSet.PAGE_WORDS];
      for (int word = 0; word < words.length; word++) {
        words[word] = in.getLong();
      }
      if (index < 0 || index > Integer.MAX_VALUE / BlockSet.PAGE_BITS) {
        throw new IllegalArgumentException("page " + index + " of a bitmap");
      }
      blocks.addPage(new BlockSet.Page(index, words));
    }
    return blocks;
  }

  long[] numbers() {
    long[] values = new long[in.remaining() / Long.BYTES];
    in.asLongBuffer().get(values);
    return values;
  }
}
