package io.mooring.migrator.outside;

import io.mooring.migrator.outside.ApplicationDoor.Activity;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** An application on one side of a pair, in one namespace or several. */
public final class ApplicationSide {

  private interface Start {
    void begin(String namespace) throws IOException;
  }

  private final String name;
  private final ApplicationDoor door;
  private final List<String> namespaces;
  private final Start start;

  private ApplicationSide(String name, ApplicationDoor door, List<String> namespaces, Start start) {
    this.name = name;
    this.door = door;
    this.namespaces = namespaces;
    this.start = start;
  }

  /** On this side. */
  public static ApplicationSide here(ApplicationDoor door, List<String> namespaces) {
    return new ApplicationSide("this side", door, namespaces, door::start);
  }

  /**
   * On the other side, through its migrator.
   *
   * @param schedule whose restored volumes it is started on; empty if that is not looked at
   */
  public static ApplicationSide there(
      RestClient migrator, List<String> namespaces, String schedule) {
    return new ApplicationSide(
        "the other side",
        new RestApplicationDoor(Optional.of(migrator)),
        namespaces,
        namespace ->
            migrator.post(
                "/applications/start?namespace=%s&schedule=%s"
                    .formatted(RestClient.encoded(namespace), RestClient.encoded(schedule)),
                RestClient.nothing()));
  }

  /** For messages. */
  public String name() {
    return name;
  }

  /** Of all namespaces together. */
  public Activity activity() throws IOException {
    int desired = 0;
    int running = 0;
    for (String namespace : namespaces) {
      Activity activity = door.activity(namespace);
      desired += activity.desired();
      running += activity.running();
    }
    return new Activity(desired, running);
  }

  /** Begins to start it; the same call may come twice. */
  public void start() throws IOException {
    for (String namespace : namespaces) {
      start.begin(namespace);
    }
  }

  /** Begins to stop it; the same call may come twice. */
  public void stop() throws IOException {
    for (String namespace : namespaces) {
      door.stop(namespace);
    }
  }
}
