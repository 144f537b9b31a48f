package io.mooring.migrator.outside;

import io.mooring.migrator.outside.ApplicationDoor.Activity;
import java.io.IOException;

/** An application on one side of a pair. */
public interface ApplicationSide {

  /** For messages. */
  String name();

  Activity activity() throws IOException;

  /** Begins to start it; the same call may come twice. */
  void start() throws IOException;

  /** Begins to stop it; the same call may come twice. */
  void stop() throws IOException;

  /** On this side. */
  static ApplicationSide here(ApplicationDoor door, String namespace) {
    return new ApplicationSide() {
      @Override
      public String name() {
        return "this side";
      }

      @Override
      public Activity activity() throws IOException {
        return door.activity(namespace);
      }

      @Override
      public void start() throws IOException {
        door.start(namespace);
      }

      @Override
      public void stop() throws IOException {
        door.stop(namespace);
      }
    };
  }

  /**
   * On the other side, through its migrator.
   *
   * @param schedule whose restored volumes it is started on; empty if that is not looked at
   */
  static ApplicationSide there(RestClient migrator, String namespace, String schedule) {
    ApplicationDoor door = new ApplicationDoor(java.util.Optional.of(migrator));
    return new ApplicationSide() {
      @Override
      public String name() {
        return "the other side";
      }

      @Override
      public Activity activity() throws IOException {
        return door.activity(namespace);
      }

      @Override
      public void start() throws IOException {
        migrator.post(
            "/applications/start?namespace=%s&schedule=%s"
                .formatted(RestClient.encoded(namespace), RestClient.encoded(schedule)),
            RestClient.nothing());
      }

      @Override
      public void stop() throws IOException {
        door.stop(namespace);
      }
    };
  }
}
