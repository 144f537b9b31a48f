package io.mooring.volumeagent.node;

import io.mooring.volumeagent.config.AgentConfig;
import io.mooring.volumeagent.config.AgentSettings;
import io.mooring.volumeagent.config.PortSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * Senses of the node that need no control plane: ticker, probe responder, prober, canaries. They
 * start first, because peers judge this node by them.
 */
public final class NodePresence implements AutoCloseable {

  private static final Duration TICK = Duration.ofMillis(25);

  /**
   * A process that could not run for this long does not answer probes; well below a peer's
   * time-out.
   */
  private static final Duration STALL_MAX = Duration.ofMillis(200);

  private final StallGauge stalls;
  private final PeriodicThread ticker;
  private final ProbeResponder responder;
  private final PeerProber prober;
  private final List<PoolCanary> canaries;

  private NodePresence(
      StallGauge stalls, ProbeResponder responder, PeerProber prober, List<PoolCanary> canaries) {
    this.stalls = stalls;
    this.responder = responder;
    this.prober = prober;
    this.canaries = canaries;
    this.ticker = PeriodicThread.start("ticker", TICK, stalls::tick);
  }

  /** Starts all of it. */
  public static NodePresence start(AgentSettings settings) throws IOException {
    StallGauge stalls = new StallGauge(TICK, STALL_MAX, System::nanoTime);
    PortSettings ports = settings.ports();
    AgentConfig.Probe probe = settings.config().probe();
    AgentConfig.Canary canary = settings.config().canary();
    return new NodePresence(
        stalls,
        ProbeResponder.start(new InetSocketAddress(ports.bindAddress(), ports.probe()), stalls),
        new PeerProber(
            settings.node().nodeId(),
            new PeerProber.Settings(probe.interval(), probe.timeout(), probe.peersMax())),
        settings.pools().stream()
            .map(pool -> PoolCanary.start(pool, canary.interval(), canary.limit()))
            .toList());
  }

  public StallGauge stalls() {
    return stalls;
  }

  public PeerProber prober() {
    return prober;
  }

  public List<PoolCanary> canaries() {
    return canaries;
  }

  public int probePort() {
    return responder.port();
  }

  @Override
  public void close() throws IOException {
    ticker.close();
    prober.close();
    canaries.forEach(PoolCanary::close);
    responder.close();
  }
}
