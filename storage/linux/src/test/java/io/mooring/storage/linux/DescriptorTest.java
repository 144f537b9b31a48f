package io.mooring.storage.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DescriptorTest {
  @Test
  void numberIsGivenBackOnlyWhenTheLastCallHasLeft() throws Exception {
    Descriptor descriptor = Descriptor.open(Path.of("/dev/null"), FileCalls.O_RDWR);
    int number = descriptor.enter();
    descriptor.enter();

    descriptor.close();
    descriptor.close();
    assertThat(isOpen(number)).isTrue();
    assertThatThrownBy(descriptor::enter).isInstanceOf(LinuxException.class);

    descriptor.exit();
    assertThat(isOpen(number)).isTrue();
    descriptor.exit();
    assertThat(isOpen(number)).isFalse();
  }

  private static boolean isOpen(int number) {
    return Files.exists(Path.of("/proc/self/fd/" + number), LinkOption.NOFOLLOW_LINKS);
  }
}
