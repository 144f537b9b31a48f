package io.mooring.benchmarks.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VolumeBenchReportTest {

  @Test
  void contendersAreComparedWithinRounds() {
    Measurement measurement = Measurement.of("write", "MB/s");
    for (double speedOfTheHour : new double[] {1, 10, 3}) {
      measurement.add(NbdComparison.ONE_REPLICA, 120 * speedOfTheHour);
      measurement.add(NbdComparison.TWO_REPLICAS, 90 * speedOfTheHour);
      measurement.add("slow", 50 * speedOfTheHour);
      measurement.add("fast", 100 * speedOfTheHour);
    }

    assertThat(VolumeBenchReport.bestOther(measurement)).isEqualTo("fast");
    assertThat(report(measurement).text())
        .containsPattern("write +360 MB/s +270 MB/s +150 MB/s +300 MB/s")
        .containsPattern("write +1\\.20 +fast +0\\.75");
  }

  @Test
  void everyContenderHasEveryPlaceInTurn() {
    List<String> contenders = List.of("a", "b", "c");

    assertThat(Turns.of(contenders, 0)).containsExactly("a", "b", "c");
    assertThat(Turns.of(contenders, 1)).containsExactly("b", "c", "a");
    assertThat(Turns.of(contenders, 3)).containsExactly("a", "b", "c");
  }

  @Test
  void processorTimeIsSummedByPlace() {
    Measurement measurement = Measurement.of("ingest", "MB/s");
    measurement.add(NbdComparison.ONE_REPLICA, 1);
    measurement.add(NbdComparison.TWO_REPLICAS, 1);
    measurement.add("plain", 1);
    VolumeBenchResult result =
        new VolumeBenchResult(
            "machine",
            "now",
            1,
            List.of(),
            List.of(measurement),
            Map.of("plain", Map.of("broker", 1.25, "producer", 2.5)));

    assertThat(new VolumeBenchReport(result).text()).containsPattern("all +3\\.75");
  }

  private static VolumeBenchReport report(Measurement measurement) {
    return new VolumeBenchReport(
        new VolumeBenchResult("machine", "now", 3, List.of(measurement), List.of(), Map.of()));
  }
}
