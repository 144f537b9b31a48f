package io.mooring.migrator.kubernetes.resources;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.migrator.work.BackupNames;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Names of resources on the control topics. */
class ControlNamesTest {

  private static final ControlNames NAMES = new ControlNames("kube-system");

  @Test
  void theNamespaceStandsBeforeTheNameUnlessItIsTheAdmins() {
    assertThat(NAMES.pair("kube-system", "west")).isEqualTo("west");
    assertThat(NAMES.pair("kafka", "west")).isEqualTo("kafka-west");
    assertThat(NAMES.rule("kafka", "flush.v2")).isEqualTo("kafka-flush-v2");
  }

  @Test
  void whatIsTooLongOrTooShortEndsWithADigest() {
    String schedule = NAMES.schedule("production-streaming", "kafka-disaster-recovery");
    assertThat(schedule).hasSizeLessThanOrEqualTo(28).startsWith("production-streamin");
    assertThat(schedule)
        .isNotEqualTo(NAMES.schedule("production-streaming", "kafka-disaster-recovery-2"));
    assertThat(NAMES.pair("kube-system", "w")).matches("w-[0-9a-f]{8}");
  }

  @Test
  void aMigrationIsNamedByItsUidAndIsNeverTakenForAPart() {
    for (int i = 0; i < 200; i++) {
      String uid = UUID.nameUUIDFromBytes(new byte[] {(byte) i}).toString();
      assertThat(NAMES.migration("x-part", uid)).matches(BackupNames::isFit);
      assertThat(NAMES.migration("a".repeat(253), uid)).hasSize(50).matches(BackupNames::isFit);
    }
    assertThat(NAMES.migration("move", "1")).isNotEqualTo(NAMES.migration("move", "2"));
  }
}
