package io.mooring.migrator.outside;

import io.mooring.migrator.outside.ApplicationDoor.Activity;
import java.io.IOException;
import java.util.Optional;

/** An application on one side of a pair. */
public final class ApplicationSide {

  private interface Start {
    void begin() throws IOException;
  }

  private final String name;
  private final ApplicationDoor door;
  private final String namespace;
  private final Start start;

  private ApplicationSide(String name, ApplicationDoor door, String namespace, Start start) {
    this.name = name;
    this.door = door;
    this.namespace = namespace;
    this.start = start;
  }

  /** On this side. */
  public static ApplicationSide here(ApplicationDoor door, String namespace) {
    return new ApplicationSide("this side", door, namespace, () -> door.start(namespace));
  }

  /**
   * On the other side, through its migrator.
   *
   * @param schedule whose restored volumes it is started on; empty if that is not looked at
   */
  public static ApplicationSide there(RestClient migrator, String namespace, String schedule) {
    return new ApplicationSide(
        "the other side",
        new RestApplicationDoor(Optional.of(migrator)),
        namespace,
        () ->
            migrator.post(
                "/applications/start?namespace=%s&schedule=%s"
                    .formatted(RestClient.encoded(namespace), RestClient.encoded(schedule)),
                RestClient.nothing()));
  }

  /** For messages. */
  public String name() {
    return name;
  }

  public Activity activity() throws IOException {
    return door.activity(namespace);
  }

  /** Begins to start it; the same call may come twice. */
  public void start() throws IOException {
    start.begin();
  }

  /** Begins to stop it; the same call may come twice. */
  public void stop() throws IOException {
    door.stop(namespace);
  }
}
