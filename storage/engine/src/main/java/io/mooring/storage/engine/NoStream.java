package io.mooring.storage.engine;

import io.mooring.storage.replication.HeadMessage;
import org.jspecify.annotations.Nullable;

/** A stream that could not be opened, until the head has heard so. */
enum NoStream implements HeadStream {
  INSTANCE;

  @Override
  public void send(HeadMessage message, @Nullable Payload payload, AfterUnlock after) {}

  @Override
  public void flush() {}

  @Override
  public long queuedBytes() {
    return 0;
  }

  @Override
  public void close(AfterUnlock after) {}
}
