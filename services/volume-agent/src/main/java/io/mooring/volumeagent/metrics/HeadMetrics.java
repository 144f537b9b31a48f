package io.mooring.volumeagent.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.mooring.storage.engine.VolumeHead;
import io.mooring.storage.engine.VolumeTraffic;
import io.mooring.storage.replication.HeadState;
import io.mooring.storage.replication.ResyncProgress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Meters of the heads that run on this node. They are read from the counters of the data plane when
 * they are scraped, so a request pays nothing for them; they come and go with the heads.
 */
public final class HeadMetrics {

  private final MeterRegistry registry;
  private final Map<String, Registered> registered = new HashMap<>();

  private record Registered(VolumeHead head, List<Meter> meters) {}

  public HeadMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Makes the meters match the heads that run now. */
  public synchronized void follow(List<VolumeHead> heads) {
    Map<String, VolumeHead> running =
        heads.stream().collect(Collectors.toMap(head -> head.volume().value(), head -> head));
    registered
        .entrySet()
        .removeIf(entry -> {
          boolean gone = running.get(entry.getKey()) != entry.getValue().head;
          if (gone) {
            entry.getValue().meters.forEach(registry::remove);
          }
          return gone;
        });
    running.forEach((volume, head) ->
        registered.computeIfAbsent(volume, _ -> new Registered(head, register(volume, head))));
  }

  private List<Meter> register(String volume, VolumeHead head) {
    Tags tags = Tags.of("volume", volume);
    List<Meter> meters = new ArrayList<>();
    meters.addAll(requests(tags.and("kind", "read"), head, VolumeTraffic::reads));
    meters.addAll(requests(tags.and("kind", "write"), head, VolumeTraffic::writes));
    meters.addAll(requests(tags.and("kind", "zero"), head, VolumeTraffic::zeroes));
    meters.addAll(requests(tags.and("kind", "flush"), head, VolumeTraffic::flushes));
    meters.add(
        FunctionCounter.builder("mooring.volume.failures", head, h -> h.traffic().failures())
            .tags(tags)
            .description("Requests that ended with an error")
            .register(registry));
    meters.add(
        Gauge.builder(
                "mooring.volume.serving", head, h -> h.state() instanceof HeadState.Serving ? 1 : 0)
            .tags(tags)
            .description("1 while the head acknowledges writes")
            .register(registry));
    meters.add(
        Gauge.builder("mooring.volume.size", head, VolumeHead::sizeBytes)
            .tags(tags)
            .description("Logical size")
            .baseUnit("bytes")
            .register(registry));
    meters.add(
        Gauge.builder("mooring.volume.resync.left", head, HeadMetrics::bytesLeft)
            .tags(tags)
            .description("Bytes that returning replicas still lack, as far as they are known")
            .baseUnit("bytes")
            .register(registry));
    return List.copyOf(meters);
  }

  private List<Meter> requests(
      Tags tags, VolumeHead head, Function<VolumeTraffic, VolumeTraffic.Requests> kind) {
    return List.of(
        FunctionTimer.builder(
                "mooring.volume.requests",
                head,
                h -> kind.apply(h.traffic()).count(),
                h -> kind.apply(h.traffic()).nanos(),
                TimeUnit.NANOSECONDS)
            .tags(tags)
            .description("Requests of the volume's user, from arrival to answer")
            .register(registry),
        FunctionCounter.builder(
                "mooring.volume.transferred", head, h -> kind.apply(h.traffic()).bytes())
            .tags(tags)
            .description("Bytes of requests")
            .baseUnit("bytes")
            .register(registry));
  }

  private static double bytesLeft(VolumeHead head) {
    return head.resyncs().stream().mapToLong(ResyncProgress::bytesLeft).sum();
  }
}
