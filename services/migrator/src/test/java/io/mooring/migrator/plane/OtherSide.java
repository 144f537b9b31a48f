package io.mooring.migrator.plane;

import io.mooring.migrator.plane.HttpDoor.Answer;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The migrator of another cluster: tells one answer after the other, the last one again. An empty
 * one says that it does not know what it is asked about.
 */
public final class OtherSide implements AutoCloseable {

  private final HttpDoor door;
  private final List<Map<String, Object>> answers;
  private final List<String> seen = new ArrayList<>();
  private int next;

  public OtherSide(List<Map<String, Object>> answers) throws IOException {
    this.answers = List.copyOf(answers);
    this.door =
        new HttpDoor(request -> {
          synchronized (seen) {
            seen.add(
                "%s /%s %s %s"
                    .formatted(
                        request.method(),
                        String.join("/", request.path()),
                        request.key(),
                        request.body()));
            if (request.method().equals("POST")) {
              return new Answer(201, this.answers.getFirst());
            }
            Map<String, Object> answer =
                this.answers.get(Math.min(next++, this.answers.size() - 1));
            return answer.isEmpty() ? Answer.problem(404, "MIG-079") : new Answer(200, answer);
          }
        });
  }

  public URI url() {
    return door.url();
  }

  /** Method, address, key and body of each request. */
  public List<String> seen() {
    synchronized (seen) {
      return List.copyOf(seen);
    }
  }

  @Override
  public void close() {
    door.close();
  }
}
