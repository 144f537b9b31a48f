package io.mooring.failoverdetector.rest;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.mooring.failoverdetector.liveness.NodeView;
import io.mooring.failoverdetector.stream.DetectorBoard;
import io.mooring.schemas.NodeDown;
import io.mooring.schemas.NodeEvent;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Holds the newest picture for REST and turns what happens into metrics. */
@Singleton
public class LiveBoard implements DetectorBoard {

  private final MeterRegistry meters;
  private final MultiGauge phi;
  private final MultiGauge beatAge;
  private final Timer detection;
  private volatile @Nullable Picture picture;

  LiveBoard(MeterRegistry meters) {
    this.meters = meters;
    this.phi =
        MultiGauge.builder("mooring.detector.phi")
            .description("Suspicion of a node: -log10 of the chance that its beat is merely late")
            .register(meters);
    this.beatAge =
        MultiGauge.builder("mooring.detector.beat.age")
            .description("Silence of a node, less the detector's own pauses")
            .baseUnit("milliseconds")
            .register(meters);
    this.detection =
        Timer.builder("mooring.detector.detection")
            .description("Silence of a node at its NodeDown")
            .publishPercentiles(0.5, 0.99)
            .register(meters);
    Gauge.builder("mooring.detector.active", this, board -> board.picture().isPresent() ? 1 : 0)
        .description("1 if this instance judges, 0 if it stands by")
        .register(meters);
    Gauge.builder("mooring.detector.quiet", this, board -> board.isQuiet() ? 1 : 0)
        .description("1 while nobody at all is heard, so nothing is judged")
        .register(meters);
    Gauge.builder(
            "mooring.detector.own.pauses",
            this,
            board -> board.picture().map(Picture::ownPauses).orElse(0L))
        .description("How often the detector found itself paused")
        .register(meters);
  }

  /** What the detector saw last; empty on an instance that stands by. */
  public Optional<Picture> picture() {
    return Optional.ofNullable(picture);
  }

  private boolean isQuiet() {
    return picture().map(Picture::quiet).orElse(false);
  }

  @Override
  public void took(Picture newest) {
    picture = newest;
    phi.register(
        newest.nodes().stream().map(node -> MultiGauge.Row.of(tags(node), node.phi())).toList(),
        true);
    beatAge.register(
        newest.nodes().stream()
            .map(node -> MultiGauge.Row.of(tags(node), node.lastBeatAgeMs()))
            .toList(),
        true);
  }

  private static Tags tags(NodeView node) {
    return Tags.of("node", node.nodeId());
  }

  @Override
  public void released() {
    picture = null;
  }

  @Override
  public void judged(NodeEvent event) {
    String type = ((SpecificRecord) event.getDetail()).getSchema().getName();
    meters.counter("mooring.detector.judgements", "type", type).increment();
    if (event.getDetail() instanceof NodeDown down) {
      detection.record(Duration.ofMillis(down.getSilentMs()));
    }
  }

  @Override
  public void rejected(String code) {
    meters.counter("mooring.detector.rejected.records", "code", code).increment();
  }
}
