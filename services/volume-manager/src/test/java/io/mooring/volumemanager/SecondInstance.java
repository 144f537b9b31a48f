package io.mooring.volumemanager;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mooring.testsupport.ControlPlane;
import io.mooring.volumemanager.catalogue.Catalogue;
import io.mooring.volumemanager.catalogue.CatalogueMetrics;
import io.mooring.volumemanager.catalogue.CatalogueSettings;
import io.mooring.volumemanager.catalogue.CatalogueTopology;
import io.mooring.volumemanager.catalogue.NotReadyException;
import io.mooring.volumemanager.catalogue.StreamsConfiguration;
import io.mooring.volumemanager.query.VolumeDescription;
import io.mooring.volumemanager.volume.Volume;
import io.mooring.volumemanager.volume.VolumeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.state.HostInfo;

/**
 * Another instance of the service in the same JVM: a catalogue of its own, in the same group, and
 * as much of the REST API as other instances ask it for.
 */
final class SecondInstance implements AutoCloseable {

  private static final int OK = 200;
  private static final int NOT_FOUND = 404;

  private final ObjectMapper json;
  private final HttpServer rest;
  private final Catalogue catalogue;

  SecondInstance(ControlPlane controlPlane, Path stateDir, ObjectMapper json) {
    this.json = json;
    try {
      this.rest = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    HostInfo self = new HostInfo("127.0.0.1", rest.getAddress().getPort());
    CatalogueSettings settings =
        new CatalogueSettings(
            "/mooring/volume-manager/second",
            Duration.ofMinutes(10),
            Duration.ofSeconds(1),
            Duration.ofHours(1),
            2);
    StreamsConfiguration streams =
        new StreamsConfiguration(
            controlPlane.clientConfig(),
            "volume-manager",
            self,
            stateDir,
            Duration.ofMillis(20),
            1);
    this.catalogue =
        Catalogue.start(
            new CatalogueTopology(
                    controlPlane.serdes(),
                    settings,
                    new CatalogueMetrics(new SimpleMeterRegistry()),
                    _ -> {})
                .build(),
            streams.asProperties(),
            self,
            () -> {});
    rest.createContext("/volumes", this::answer);
    rest.start();
  }

  /** Names of the volumes that this instance decides on; none while they are being moved. */
  List<String> names() {
    try {
      return catalogue.localVolumes().stream().map(Volume::name).toList();
    } catch (NotReadyException _) {
      return List.of();
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      Optional<?> body =
          path.equals("/volumes")
              ? Optional.of(catalogue.localVolumes().stream().map(VolumeDescription::of).toList())
              : catalogue
                  .localVolume(new VolumeId(path.substring("/volumes/".length())))
                  .map(VolumeDescription::of);
      byte[] bytes = body.isPresent() ? json.writeValueAsBytes(body.get()) : new byte[0];
      exchange.sendResponseHeaders(
          body.isPresent() ? OK : NOT_FOUND, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    rest.stop(0);
    catalogue.close();
  }
}
