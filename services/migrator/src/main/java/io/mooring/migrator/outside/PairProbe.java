package io.mooring.migrator.outside;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.schemas.ClusterPairState;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** Asks the other side of a pair what it is. */
public final class PairProbe {

  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final String TOKEN_REFUSED = "MIG-122";

  private final RepositoryDoor repository;

  /**
   * What asking has shown.
   *
   * @param storage READY: both sides see the same repository. NOT_PROVIDED: the other side demands
   *     a token, and the pair has none. ERROR: they do not
   * @param scheduler READY: the other side has an orchestrator. NOT_PROVIDED: it has none, so that
   *     only volumes can be moved
   * @param repository of the other side; empty if it is not known
   * @param reason why something is not ready; empty otherwise
   */
  public record Outcome(Standing storage, Standing scheduler, String repository, String reason) {}

  /** Of storage or of an orchestrator. */
  public enum Standing {
    READY,
    NOT_PROVIDED,
    ERROR
  }

  public PairProbe(RepositoryDoor repository) {
    this.repository = repository;
  }

  /** Takes as long as the other side, and the object store, do. */
  public Outcome look(ClusterPairState pair) {
    try {
      JsonNode other =
          new RestClient(URI.create(pair.getTargetUrl()), LIMIT, pair.getToken())
              .get("/pairs/self");
      String theirs = other.path("repository").asText();
      boolean same = repository.openOrCreate(0).id().toString().equals(theirs);
      return new Outcome(
          same ? Standing.READY : Standing.ERROR,
          other.path("orchestrator").asBoolean() ? Standing.READY : Standing.NOT_PROVIDED,
          theirs,
          same ? "" : "The other side has another repository: both must name one bucket.");
    } catch (OutsideException e) {
      boolean untold = pair.getToken().isEmpty() && e.code().equals(TOKEN_REFUSED);
      return failed(untold ? Standing.NOT_PROVIDED : Standing.ERROR, e);
    } catch (IOException e) {
      return failed(Standing.ERROR, e);
    }
  }

  private static Outcome failed(Standing storage, IOException e) {
    return new Outcome(storage, Standing.ERROR, "", String.valueOf(e.getMessage()));
  }
}
