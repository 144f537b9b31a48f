package io.mooring.migrator.plane;

import io.mooring.migrator.plane.HttpDoor.Answer;
import io.mooring.migrator.plane.HttpDoor.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keeps objects of applications. */
public final class FakeOrchestrator implements AutoCloseable {

  /** An object, and whether it was created with its replicas. */
  public record Kept(String manifest, boolean started) {}

  private final Map<String, Kept> objects = new LinkedHashMap<>();
  private final HttpDoor door;
  private int changesAtSnapshots;

  FakeOrchestrator() {
    try {
      door = new HttpDoor(this::answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public URI url() {
    return door.url();
  }

  /** Key: KIND/NAMESPACE/NAME. */
  public synchronized Map<String, Kept> objects() {
    return new LinkedHashMap<>(objects);
  }

  public synchronized void put(String key, String manifest) {
    objects.put(key, new Kept(manifest, true));
  }

  public synchronized void clear() {
    objects.clear();
  }

  /** Somebody changes an object while each of the next so many sets of snapshots is taken. */
  public synchronized void changeAtSnapshots(int count) {
    changesAtSnapshots = count;
  }

  synchronized void snapshotTaken() {
    if (changesAtSnapshots > 0) {
      changesAtSnapshots--;
      put("ConfigMap/moment/changing", "{\"left\":%d}".formatted(changesAtSnapshots));
    }
  }

  private synchronized Answer answer(Request request) throws IOException {
    if (request.method().equals("GET")) {
      String namespace = request.query().replace("namespace=", "");
      List<Map<String, Object>> list = new ArrayList<>();
      for (Map.Entry<String, Kept> object : objects.entrySet()) {
        String[] key = object.getKey().split("/");
        if (key[1].equals(namespace)) {
          list.add(
              Map.of(
                  "kind", key[0],
                  "namespace", key[1],
                  "name", key[2],
                  "manifest", HttpDoor.JSON.readTree(object.getValue().manifest())));
        }
      }
      return new Answer(200, list);
    }
    String key = String.join("/", request.path()[1], request.path()[2], request.path()[3]);
    objects.put(key, new Kept(request.body().toString(), request.query().equals("start=true")));
    return new Answer(200, Map.of());
  }

  @Override
  public void close() {
    door.close();
  }
}
