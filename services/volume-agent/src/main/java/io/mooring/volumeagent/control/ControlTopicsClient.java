package io.mooring.volumeagent.control;

import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.RegistrySettings;
import io.mooring.volumeagent.config.ControlSettings;

/**
 * The agent's connections to the control topics. None of them needs the control Kafka or the
 * registry to be up.
 */
public final class ControlTopicsClient implements AutoCloseable {

  private final ControlLink link = new ControlLink(System::nanoTime);
  private final TelemetrySender telemetry;
  private final ReportSender reports;
  private final StateFollower follower;
  private final StateFollower expansions;

  public ControlTopicsClient(String nodeId, ControlSettings settings) {
    LazySerdes serdes =
        new LazySerdes(new RegistrySettings(settings.registryUrl(), settings.autoRegister()));
    String source = EventHeaders.source("volume-agent", nodeId);
    RecordEncoder encoder = new RecordEncoder(serdes);
    this.telemetry = new TelemetrySender(source, encoder, settings, link);
    this.reports = new ReportSender(source, encoder, settings, link);
    this.follower = new StateFollower("states", serdes, settings, link, reports);
    this.expansions = new StateFollower("expansions", serdes, settings, link, reports);
  }

  public ControlLink link() {
    return link;
  }

  public TelemetrySender telemetry() {
    return telemetry;
  }

  public ReportSender reports() {
    return reports;
  }

  public StateFollower follower() {
    return follower;
  }

  /**
   * For expansions of pools alone. A follower needs all its topics to exist, and an agent may be
   * newer than the volume-manager that makes this one: volumes must not wait for that.
   */
  public StateFollower expansions() {
    return expansions;
  }

  @Override
  public void close() {
    expansions.close();
    follower.close();
    reports.close();
    telemetry.close();
  }
}
