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

  public ControlTopicsClient(String nodeId, ControlSettings settings) {
    LazySerdes serdes =
        new LazySerdes(new RegistrySettings(settings.registryUrl(), settings.autoRegister()));
    String source = EventHeaders.source("volume-agent", nodeId);
    RecordEncoder encoder = new RecordEncoder(serdes);
    this.telemetry = new TelemetrySender(source, encoder, settings, link);
    this.reports = new ReportSender(source, encoder, settings, link);
    this.follower = new StateFollower("states", serdes, settings, link, reports);
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

  @Override
  public void close() {
    follower.close();
    reports.close();
    telemetry.close();
  }
}
