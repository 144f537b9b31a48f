package io.mooring.storage.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.storage.nbd.BlockDevice;
import io.mooring.storage.nbd.Completion;
import io.mooring.storage.nbd.Extent;
import io.mooring.storage.nbd.NbdExport;
import io.mooring.storage.nbd.NbdServer;
import io.mooring.storage.nbd.NbdServerLimits;
import io.mooring.storage.nbd.NbdServerObserver;
import io.mooring.storage.nbd.NbdStatus;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A snapshot is read from, and a volume restored to, an NBD export. */
class NbdVolumeTest {

  @Test
  void volumeGoesFromOneExportToAnother() throws Exception {
    MemoryVolume source = MemoryVolume.sample(Samples.VOLUME_BYTES, 1, 1);
    MemoryVolume target = new MemoryVolume(Samples.VOLUME_BYTES);
    Repository repository = Samples.create(new MemoryStore());
    try (NbdServer server = new NbdServer(NbdServerLimits.defaults(), NbdServerObserver.NONE)) {
      server.publish(new NbdExport("snapshot", "", new Device(source), true));
      server.publish(new NbdExport("volume", "", new Device(target), false));
      SocketAddress address =
          server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Duration timeout = Duration.ofSeconds(20);
      try (NbdVolume from = NbdVolume.connect(address, "snapshot", timeout);
          NbdVolume to = NbdVolume.connect(address, "volume", timeout)) {
        Samples.backup(repository, Samples.request("one", from));
        new RestoreJob(repository, "one", "data", to, 3, new TransferProgress()).run();
      }
    }
    assertThat(target.hasContentOf(source)).isTrue();
    assertThat(target.flushed()).isTrue();
    assertThat(target.dataBlocks()).isLessThan(source.dataBlocks() + 20);
  }

  private record Device(MemoryVolume volume) implements BlockDevice {
    @Override
    public long sizeBytes() {
      return volume.sizeBytes();
    }

    @Override
    public void read(long offset, ByteBuffer into, Completion completion) {
      byte[] bytes = new byte[into.remaining()];
      volume.read(offset, bytes, 0, bytes.length);
      into.put(bytes);
      completion.done(NbdStatus.OK);
    }

    @Override
    public void write(long offset, ByteBuffer data, boolean fua, Completion completion) {
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      volume.write(offset, bytes, 0, bytes.length);
      completion.done(NbdStatus.OK);
    }

    @Override
    public void flush(Completion completion) {
      volume.flush();
      completion.done(NbdStatus.OK);
    }

    @Override
    public void trim(long offset, long length, boolean fua, Completion completion) {
      completion.done(NbdStatus.OK);
    }

    @Override
    public void zero(
        long offset, long length, boolean mayPunch, boolean fua, Completion completion) {
      volume.zero(new ByteRange(offset, length));
      completion.done(NbdStatus.OK);
    }

    @Override
    public List<Extent> blockStatus(long offset, long length, int extentsMax) {
      List<Extent> extents = new ArrayList<>();
      long at = offset;
      for (ByteRange data : volume.data(new ByteRange(offset, length))) {
        if (data.offset() > at) {
          extents.add(new Extent(data.offset() - at, Extent.Allocation.HOLE));
        }
        extents.add(new Extent(data.lengthBytes(), Extent.Allocation.DATA));
        at = data.end();
      }
      if (at < offset + length) {
        extents.add(new Extent(offset + length - at, Extent.Allocation.HOLE));
      }
      return extents.subList(0, Math.min(extentsMax, extents.size()));
    }
  }
}
