package io.mooring.storage.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ClaimsTest {
  private static final long KIB = 1024;

  private final Claims claims = new Claims();

  @Test
  void overlapWaitsForTheOlderOne() {
    Claim first = claims.add(new ByteRange(0, 8 * KIB));
    Claim second = claims.add(new ByteRange(4 * KIB, 8 * KIB));
    Claim third = claims.add(new ByteRange(8 * KIB, 4 * KIB));

    assertThat(claims.isBlocked(first)).isFalse();
    assertThat(claims.isBlocked(second)).isTrue();
    assertThat(claims.isBlocked(third))
        .as("behind the second, although nothing is under way")
        .isTrue();

    claims.remove(first);
    assertThat(claims.isBlocked(second)).isFalse();
    assertThat(claims.isBlocked(third)).isTrue();
  }

  @Test
  void neighboursInOneBlockDoNotWait() {
    claims.add(new ByteRange(0, 4 * KIB));

    assertThat(claims.isBlocked(claims.add(new ByteRange(4 * KIB, 4 * KIB)))).isFalse();
  }

  @Test
  void wideTrimMeetsEverythingInside() {
    Claim trim = claims.add(new ByteRange(0, 128 << 20));
    Claim inside = claims.add(new ByteRange(100 << 20, 4 * KIB));

    assertThat(claims.isBlocked(inside)).isTrue();
    claims.remove(trim);
    assertThat(claims.isBlocked(inside)).isFalse();
  }

  @Test
  void onlyGrantedClaimsUpToTheTicketKeepReadsWaiting() {
    Claim granted = claims.add(new ByteRange(0, 4 * KIB));
    granted.grant();
    long newest = claims.lastTicket();
    ByteRange range = new ByteRange(0, 4 * KIB);

    assertThat(claims.isBusy(range, newest)).isTrue();
    claims.remove(granted);
    claims.add(range).grant();
    assertThat(claims.isBusy(range, newest)).as("a younger write").isFalse();
  }

  @Test
  void answersAsAComparisonOfAllWithAll() {
    SplittableRandom random = new SplittableRandom(3);
    List<Claim> held = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      if (held.size() > 40 || !held.isEmpty() && random.nextBoolean()) {
        claims.remove(held.remove(random.nextInt(held.size())));
      } else {
        long length = random.nextInt(50) == 0 ? 32 << 20 : 4 * KIB * (1 + random.nextInt(64));
        Claim claim = claims.add(new ByteRange(4 * KIB * random.nextInt(1 << 16), length));
        boolean overlaps =
            held.stream().anyMatch(other -> other.overlaps(claim.offset(), claim.end()));
        assertThat(claims.isBlocked(claim)).isEqualTo(overlaps);
        held.add(claim);
      }
    }
  }
}
