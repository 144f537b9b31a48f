package io.mooring.storage.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CodecTest {

  @Test
  void requestsSurviveTheWire() throws DisconnectException {
    Random random = new Random(3);
    ByteBuffer wire = ByteBuffer.allocate(Protocol.REQUEST_BYTES);
    for (int i = 0; i < 1000; i++) {
      RequestHeader request =
          new RequestHeader(
              random.nextInt(1 << 16),
              random.nextInt(1 << 16),
              random.nextLong(),
              random.nextLong(),
              random.nextLong(1L << 32));
      request.encode(wire.clear());

      assertThat(RequestHeader.decode(wire.flip())).isEqualTo(request);
      assertThat(wire.hasRemaining()).isFalse();
    }
  }

  @Test
  void requestRangesDoNotOverflow() {
    assertThat(range(0, 10).endsWithin(10)).isTrue();
    assertThat(range(10, 0).endsWithin(10)).isTrue();
    assertThat(range(1, 10).endsWithin(10)).isFalse();
    assertThat(range(-1, 1).endsWithin(10)).isFalse();
    assertThat(range(Long.MAX_VALUE, 0xffff_ffffL).endsWithin(Long.MAX_VALUE)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void statusSurvivesTheWire(NbdStatus status) {
    assertThat(NbdStatus.ofWireValue(status.wireValue())).isEqualTo(status);
  }

  @Test
  void unknownStatusIsInvalid() {
    assertThat(NbdStatus.ofWireValue(4711)).isEqualTo(NbdStatus.EINVAL);
  }

  @ParameterizedTest
  @EnumSource
  void allocationSurvivesTheWire(Extent.Allocation allocation) {
    assertThat(Extent.Allocation.ofWireFlags(allocation.wireFlags())).isEqualTo(allocation);
  }

  @Test
  void holeWithUnknownContentIsReadAsData() {
    assertThat(Extent.Allocation.ofWireFlags(Protocol.AllocationFlag.HOLE))
        .isEqualTo(Extent.Allocation.DATA);
  }

  @Test
  void optionDataIsTakenApart() throws Exception {
    ByteBuffer data = ByteBuffer.allocate(64);
    data.putInt(2).put(new byte[] {'a', 'b'}).putShort((short) 2);
    data.putShort((short) 1).putShort((short) 0xffff).flip();
    OptionReader reader = new OptionReader(data);

    assertThat(reader.string()).isEqualTo("ab");
    assertThat(reader.shorts()).isEqualTo(List.of(1, 0xffff));
    reader.end();
  }

  @Test
  void shortOptionDataIsMalformed() {
    assertMalformed(ByteBuffer.wrap(new byte[] {0, 0, 0, 5, 'a'}));
    assertMalformed(ByteBuffer.wrap(new byte[] {0, 0}));
    assertMalformed(ByteBuffer.wrap(new byte[] {(byte) 0xff, 0, 0, 0}));
  }

  private static void assertMalformed(ByteBuffer data) {
    assertThatThrownBy(() -> new OptionReader(data).string())
        .isInstanceOf(OptionReader.MalformedOptionException.class);
  }

  private static RequestHeader range(long offset, long length) {
    return new RequestHeader(0, Protocol.Command.READ, 0, offset, length);
  }
}
