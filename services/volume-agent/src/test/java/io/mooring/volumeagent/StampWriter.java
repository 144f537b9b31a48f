package io.mooring.volumeagent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Appends numbers to a file and makes each durable, until it is told to stop; then knows what must
 * be in the file.
 */
final class StampWriter {

  private final Path file;
  private final AtomicInteger durable = new AtomicInteger();
  private final Thread thread;
  private volatile boolean stopped;
  private volatile Optional<IOException> failure = Optional.empty();

  StampWriter(Path file) {
    this.file = file;
    this.thread = Thread.ofPlatform().name("stamp-writer").start(this::run);
  }

  private void run() {
    ByteBuffer stamp = ByteBuffer.allocate(Integer.BYTES);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int i = 0; !stopped; i++) {
        stamp.clear().putInt(i).flip();
        channel.write(stamp, (long) i * Integer.BYTES);
        channel.force(false);
        durable.incrementAndGet();
      }
    } catch (IOException e) {
      failure = Optional.of(e);
    }
  }

  int durable() {
    return durable.get();
  }

  Optional<IOException> failure() {
    return failure;
  }

  void stop() throws InterruptedException {
    stopped = true;
    thread.join();
  }
}
