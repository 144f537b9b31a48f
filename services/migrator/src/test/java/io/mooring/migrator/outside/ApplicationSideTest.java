package io.mooring.migrator.outside;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.migrator.plane.OtherSide;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An application in several namespaces is one application. */
class ApplicationSideTest {

  private final List<String> story = new ArrayList<>();

  @Test
  void allNamespacesAreStartedAndStoppedAndCounted() throws Exception {
    ApplicationSide here = ApplicationSide.here(new Pods(), List.of("one", "three"));

    assertThat(here.activity()).isEqualTo(new ApplicationDoor.Activity(4, 2));
    here.start();
    here.stop();
    assertThat(story).containsExactly("start one", "start three", "stop one", "stop three");
  }

  @Test
  void theOtherSideIsAskedForEachNamespace() throws Exception {
    try (OtherSide other = new OtherSide(List.of(Map.of("desired", 2, "running", 1)))) {
      ApplicationSide there =
          ApplicationSide.there(
              new RestClient(other.url(), Duration.ofSeconds(5)), List.of("a", "b"), "nightly");
      there.start();
      assertThat(other.seen()).hasSize(2).allMatch(seen -> seen.startsWith("POST /applications/"));
      assertThat(there.activity()).isEqualTo(new ApplicationDoor.Activity(4, 2));
    }
  }

  /** As many pods as the name says are wanted, and one runs. */
  private final class Pods implements ApplicationDoor {

    @Override
    public Activity activity(String namespace) {
      return new Activity(namespace.equals("three") ? 3 : 1, 1);
    }

    @Override
    public void stop(String namespace) {
      story.add("stop " + namespace);
    }

    @Override
    public void start(String namespace) {
      story.add("start " + namespace);
    }

    @Override
    public Execution execute(String id, String namespace, Command command, long timeoutSeconds) {
      return new Execution(Execution.State.DONE, true, List.of());
    }

    @Override
    public Optional<Execution> execution(String id, String namespace) {
      return Optional.empty();
    }

    @Override
    public void end(String id, String namespace) {}
  }
}
