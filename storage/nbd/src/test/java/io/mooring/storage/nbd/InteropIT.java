package io.mooring.storage.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.storage.linux.BlockFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The tools of other projects against a file that this server exports. */
@Timeout(300)
class InteropIT {

  private static final int MEBIBYTE = 1 << 20;
  private static final long DISK_BYTES = 64L * MEBIBYTE;

  @TempDir Path directory;
  private Path disk;
  private FileDevice device;
  private NbdServer server;
  private String unix;
  private String tcp;

  @BeforeEach
  void start() throws IOException {
    disk = sparseFile("disk.img");
    device = new FileDevice(disk);
    server = new NbdServer(NbdServerLimits.defaults(), NbdServerObserver.NONE);
    server.publish(new NbdExport("disk", "a sparse disk", device, false));
    server.publish(new NbdExport("frozen", "the same, read-only", device, true));
    Path socket = directory.resolve("nbd.sock");
    server.listen(UnixDomainSocketAddress.of(socket));
    unix = "nbd+unix:///disk?socket=" + socket;
    InetSocketAddress bound =
        (InetSocketAddress)
            server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    tcp = "nbd://127.0.0.1:" + bound.getPort() + "/disk";
  }

  @AfterEach
  void stop() {
    server.close();
    device.close();
  }

  @Test
  void nbdinfoSeesWhatIsOffered() throws Exception {
    assertThat(ExternalTool.NBDINFO.run("--json", unix))
        .contains("\"export-size\": " + DISK_BYTES)
        .contains("\"description\": \"a sparse disk\"")
        .contains("\"base:allocation\"")
        .contains("\"protocol\": \"newstyle-fixed\"")
        .contains("\"structured\": true")
        .contains("\"can_multi_conn\": true")
        .contains("\"can_flush\": true")
        .contains("\"can_fua\": true")
        .contains("\"can_trim\": true")
        .contains("\"can_zero\": true")
        .contains("\"can_df\": true")
        .contains("\"is_read_only\": false")
        .contains("\"block_size_preferred\": 4096");
  }

  @Test
  void nbdinfoListsTheExports() throws Exception {
    assertThat(ExternalTool.NBDINFO.run("--list", tcp))
        .contains("export=\"disk\"", "export=\"frozen\"", "is_read_only: true");
  }

  @Test
  void nbdinfoMapsDataAndHoles() throws Exception {
    assertThat(ExternalTool.NBDINFO.run("--map", unix).lines().map(String::strip))
        .containsExactly(
            "0     1048576    0  data",
            "1048576    31457280    3  hole,zero",
            "32505856     2097152    0  data",
            "34603008    32505856    3  hole,zero");
  }

  @Test
  void nbdcopyReadsTheDisk() throws Exception {
    Path copy = directory.resolve("copy.img");

    ExternalTool.NBDCOPY.run(unix, copy.toString());

    assertThat(Files.mismatch(copy, disk)).isEqualTo(-1);
  }

  @Test
  void nbdcopyReadsTheDiskOverTcp() throws Exception {
    Path copy = directory.resolve("copy.img");

    ExternalTool.NBDCOPY.run(tcp, copy.toString());

    assertThat(Files.mismatch(copy, disk)).isEqualTo(-1);
  }

  @Test
  void nbdcopyFillsTheDiskAndKeepsItSparse() throws Exception {
    Path source = directory.resolve("source.img");
    try (RandomAccessFile file = new RandomAccessFile(source.toFile(), "rw")) {
      file.setLength(DISK_BYTES);
      fill(file, 5L * MEBIBYTE, 3 * MEBIBYTE, 23);
    }

    ExternalTool.NBDCOPY.run("--flush", source.toString(), unix);

    assertThat(Files.mismatch(source, disk)).isEqualTo(-1);
    assertThat(allocatedBytes()).isLessThan(4L * MEBIBYTE);
  }

  @Test
  void qemuImgReadsComparesAndMaps() throws Exception {
    Path copy = directory.resolve("copy.img");

    assertThat(ExternalTool.QEMU_IMG.run("info", unix)).contains("64 MiB");
    assertThat(ExternalTool.QEMU_IMG.run("map", "--output=json", "-f", "raw", unix))
        .contains("\"start\": 1048576, \"length\": 31457280");
    ExternalTool.QEMU_IMG.run("convert", "-f", "raw", "-O", "raw", unix, copy.toString());
    assertThat(Files.mismatch(copy, disk)).isEqualTo(-1);
    assertThat(ExternalTool.QEMU_IMG.run("compare", "-f", "raw", "-F", "raw", copy.toString(), tcp))
        .contains("identical");
  }

  @Test
  void qemuImgFillsTheDiskFromACompressedImage() throws Exception {
    Path source = directory.resolve("source.qcow2");
    ExternalTool.QEMU_IMG.run(
        "convert", "-c", "-f", "raw", "-O", "qcow2", disk.toString(), source.toString());
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      fill(file, 0, 8 * MEBIBYTE, 99);
    }

    ExternalTool.QEMU_IMG.run("convert", "-n", "-O", "raw", source.toString(), unix);

    assertThat(ExternalTool.QEMU_IMG.run("compare", "-F", "raw", source.toString(), unix))
        .contains("identical");
  }

  @Test
  void qemuIoChecksPatternsZeroesAndDiscards() throws Exception {
    String output =
        ExternalTool.QEMU_IO.run(
            "-f",
            "raw",
            "-t",
            "writeback",
            "-c",
            "write -P 0x5a 4M 3M",
            "-c",
            "write -f -P 0xa5 8191 4099",
            "-c",
            "read -P 0xa5 8191 4099",
            "-c",
            "read -P 0x5a 4M 3M",
            "-c",
            "write -z 5M 1M",
            "-c",
            "write -z -u 6M 512k",
            "-c",
            "read -P 0 5M 1536k",
            "-c",
            "read -P 0x5a 4M 1M",
            "-c",
            "discard 4M 1M",
            "-c",
            "flush",
            unix);

    assertThat(output).doesNotContain("failed", "error");
  }

  @Test
  void qemuIoIsToldThatAnExportIsReadOnly() throws Exception {
    String frozen = unix.replace("///disk", "///frozen");

    assertThat(ExternalTool.QEMU_IO.run("-f", "raw", "-r", "-c", "read 0 1M", frozen))
        .contains("read 1048576/1048576");
  }

  @Test
  void fioVerifiesEveryBlock() throws Exception {
    assertThat(fio("--rw=randwrite", "--bsrange=512-128k", "--iodepth=32", "--uri=" + unix))
        .contains("err= 0");
    assertThat(fio("--rw=write", "--bs=1m", "--iodepth=8", "--fsync=16", "--uri=" + tcp))
        .contains("err= 0");
  }

  private static String fio(String... options) throws Exception {
    String[] all = new String[options.length + 6];
    all[0] = "--name=verify";
    all[1] = "--ioengine=nbd";
    all[2] = "--size=" + DISK_BYTES;
    all[3] = "--verify=crc32c";
    all[4] = "--verify_fatal=1";
    all[5] = "--verify_state_save=0"; // or it leaves a file where it was started
    System.arraycopy(options, 0, all, 6, options.length);
    return ExternalTool.FIO.run(all);
  }

  private Path sparseFile(String name) throws IOException {
    Path path = directory.resolve(name);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(DISK_BYTES);
      fill(file, 0, MEBIBYTE, 1);
      fill(file, 31L * MEBIBYTE, 2 * MEBIBYTE, 2);
    }
    return path;
  }

  private static void fill(RandomAccessFile file, long offset, int length, long seed)
      throws IOException {
    byte[] data = new byte[length];
    new Random(seed).nextBytes(data);
    file.seek(offset);
    file.write(data);
  }

  private long allocatedBytes() throws IOException {
    try (BlockFile file = BlockFile.open(disk, BlockFile.Access.READ_ONLY)) {
      return file.allocatedBytes();
    }
  }
}
