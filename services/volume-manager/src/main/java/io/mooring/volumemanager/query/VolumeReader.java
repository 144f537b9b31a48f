package io.mooring.volumemanager.query;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.volumemanager.VolumeManager;
import io.mooring.volumemanager.catalogue.Catalogue;
import io.mooring.volumemanager.catalogue.NotReadyException;
import io.mooring.volumemanager.volume.VolumeId;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.state.HostInfo;

/**
 * Reads volumes wherever they are. Each instance has those of its partitions; others are asked over
 * REST, for what they have themselves, so a question is never passed on twice.
 */
@ApplicationScoped
public class VolumeReader {

  private static final Duration ASK_LIMIT = Duration.ofSeconds(5);
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;

  private final VolumeManager manager;
  private final ObjectMapper json;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(ASK_LIMIT).build();

  VolumeReader(VolumeManager manager, ObjectMapper json) {
    this.manager = manager;
    this.json = json;
  }

  /** Finds a volume in any instance. */
  public Optional<VolumeDescription> find(VolumeId id) {
    Catalogue catalogue = manager.connected().catalogue();
    Optional<HostInfo> owner = catalogue.otherOwner(id);
    return owner.isPresent()
        ? ask(owner.get(), "/volumes/" + id + "?scope=local")
            .map(body -> read(body, new TypeReference<VolumeDescription>() {}))
        : findLocal(id);
  }

  /** Finds a volume if this instance decides on it. */
  public Optional<VolumeDescription> findLocal(VolumeId id) {
    return manager.connected().catalogue().localVolume(id).map(VolumeDescription::of);
  }

  /** All volumes, by id. */
  public List<VolumeDescription> list() {
    List<VolumeDescription> all = new ArrayList<>(listLocal());
    for (HostInfo other : manager.connected().catalogue().otherOwners()) {
      ask(other, "/volumes?scope=local")
          .map(body -> read(body, new TypeReference<List<VolumeDescription>>() {}))
          .ifPresent(all::addAll);
    }
    all.sort(Comparator.comparing(VolumeDescription::id));
    return all;
  }

  /** The volumes on which this instance decides. */
  public List<VolumeDescription> listLocal() {
    return manager.connected().catalogue().localVolumes().stream()
        .map(VolumeDescription::of)
        .toList();
  }

  private Optional<byte[]> ask(HostInfo host, String path) {
    URI uri = URI.create("http://" + host.host() + ":" + host.port() + path);
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(ASK_LIMIT).build();
    try {
      HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      return switch (answer.statusCode()) {
        case OK -> Optional.of(answer.body());
        case NOT_FOUND -> Optional.empty();
        default -> throw new NotReadyException(uri + " answered " + answer.statusCode());
      };
    } catch (IOException e) {
      throw new NotReadyException("the instance at " + uri.getAuthority() + " is away", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotReadyException("this instance is stopping", e);
    }
  }

  private <T> T read(byte[] body, TypeReference<T> type) {
    try {
      return json.readValue(body, type);
    } catch (IOException e) {
      throw new NotReadyException("another instance answered what this one cannot read", e);
    }
  }
}
