package io.mooring.localcluster.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class FlogLinesTest {

  @Test
  void linesHaveTheirLengthAndTheirSequenceNumber() {
    FlogLines lines = new FlogLines(new Random(1));
    for (long sequence : new long[] {0, 1, 999, 123_456_789_012L}) {
      byte[] line = lines.line(sequence);
      assertThat(line.length).isBetween(FlogLines.BYTES_MIN, FlogLines.BYTES_MAX);
      assertThat(FlogLines.sequenceOf(line)).isEqualTo(sequence);
    }
  }

  @Test
  void linesAreNotTriviallyCompressible() throws IOException {
    FlogLines lines = new FlogLines(new Random(2));
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    long plain = 0;
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      for (int i = 0; i < 20_000; i++) {
        byte[] line = lines.line(i);
        plain += line.length;
        gzip.write(line);
      }
    }
    assertThat(packed.size() / (double) plain).isGreaterThan(0.5);
  }

  @Test
  void foreignBytesHaveNoSequenceNumber() {
    assertThat(FlogLines.sequenceOf(new byte[3])).isEqualTo(-1);
    assertThat(FlogLines.sequenceOf("not a log line".getBytes())).isEqualTo(-1);
  }
}
