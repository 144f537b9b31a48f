package io.mooring.migrator.outside;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An orchestrator behind two requests: {@code GET /objects?namespace=N} answers with a list of
 * {@code {kind, namespace, name, manifest}}, and {@code PUT /objects/KIND/NAMESPACE/NAME?start=B}
 * takes a manifest; {@code DELETE} of the same takes the object away.
 */
public final class RestApplicationObjects implements ApplicationObjects {

  private final ObjectMapper json = new ObjectMapper();
  private final RestClient rest;

  public RestApplicationObjects(RestClient rest) {
    this.rest = rest;
  }

  @Override
  public List<ApplicationObject> list(String namespace) throws IOException {
    List<ApplicationObject> objects = new ArrayList<>();
    for (JsonNode object : rest.get("/objects?namespace=" + RestClient.encoded(namespace))) {
      objects.add(
          new ApplicationObject(
              object.path("kind").asText(),
              object.path("namespace").asText(),
              object.path("name").asText(),
              object.path("manifest").toString()));
    }
    return objects;
  }

  @Override
  public void put(ApplicationObject object, boolean start) throws IOException {
    rest.put(path(object) + "?start=" + start, json.readTree(object.manifest()));
  }

  @Override
  public Optional<Set<String>> storageClasses(String namespace) throws IOException {
    return Optional.of(
        list(namespace).stream()
            .filter(object -> object.kind().equals("StorageClass"))
            .map(ApplicationObject::name)
            .collect(Collectors.toSet()));
  }

  @Override
  public void delete(ApplicationObject object) throws IOException {
    try {
      rest.delete(path(object));
    } catch (OutsideException e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
  }

  private static String path(ApplicationObject object) {
    return "/objects/%s/%s/%s"
        .formatted(
            RestClient.encoded(object.kind()),
            RestClient.encoded(object.namespace()),
            RestClient.encoded(object.name()));
  }
}
