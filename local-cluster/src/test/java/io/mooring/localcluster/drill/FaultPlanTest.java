package io.mooring.localcluster.drill;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FaultPlanTest {

  @Test
  void planHasTheKillsThatWereAskedForAndNodesThatExist() {
    FaultPlan plan = FaultPlan.draw(7, 20, 4);

    assertThat(plan.faults()).filteredOn(fault -> fault.kind().failover()).hasSize(20);
    assertThat(plan.faults()).allMatch(fault -> fault.nodeIndex() >= 0 && fault.nodeIndex() < 4);
  }

  @Test
  void sameSeedGivesTheSamePlan() {
    assertThat(FaultPlan.draw(11, 5, 4)).isEqualTo(FaultPlan.draw(11, 5, 4));
    assertThat(FaultPlan.draw(11, 5, 4)).isNotEqualTo(FaultPlan.draw(12, 5, 4));
  }

  @Test
  void slowNodesAreSlowForLessThanTheLimit() {
    assertThat(FaultPlan.draw(3, 30, 4).faults())
        .filteredOn(fault -> !fault.kind().failover())
        .allMatch(fault -> fault.length().compareTo(Duration.ofSeconds(10)) < 0);
  }
}
