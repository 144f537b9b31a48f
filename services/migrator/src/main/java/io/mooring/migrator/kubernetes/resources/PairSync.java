package io.mooring.migrator.kubernetes.resources;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mooring.kubernetes.Failures;
import io.mooring.migrator.control.ResourceOwner;
import io.mooring.migrator.control.StateView;
import io.mooring.migrator.outside.PairProbe;
import io.mooring.schemas.ClusterPairState;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Cluster pairs of the cluster are kept as those that come over REST; their statuses tell what the
 * other side answers. A token is in no status and no event.
 */
final class PairSync {

  private static final String TOKEN = "token";

  private final Keeper<ClusterPairState> keeper;
  private final StatusBoard statuses;
  private final ControlNames names;
  private final KubernetesClient client;
  private final PairProbes probes;
  private final Clock clock;

  PairSync(
      Keeper<ClusterPairState> keeper,
      StatusBoard statuses,
      ControlNames names,
      KubernetesClient client,
      PairProbes probes,
      Clock clock) {
    this.keeper = keeper;
    this.statuses = statuses;
    this.names = names;
    this.client = client;
    this.probes = probes;
    this.clock = clock;
  }

  void pass(List<Manifest> manifests, StateView topics) {
    Map<String, ResourceOwner> owners = new HashMap<>();
    Failures failures = new Failures();
    keeper.begin(topics);
    for (Manifest manifest : manifests) {
      failures.attempt(manifest, one -> follow(one, owners));
    }
    keeper.sweep(owners, failures);
    probes.keepOnly(owners.keySet());
    failures.rethrow();
  }

  private void follow(Manifest manifest, Map<String, ResourceOwner> owners) {
    String name = names.pair(manifest.namespace(), manifest.name());
    PairManifest wanted = PairManifest.of(manifest);
    Optional<String> refusal = keeper.claim(manifest, name);
    if (refusal.isPresent()) {
      show(manifest, name, "Error", List.of(refusal.get()));
      return;
    }
    owners.put(name, manifest.owner());
    List<String> problems = new ArrayList<>(wanted.hindering());
    String token = token(manifest, wanted, problems);
    if (!problems.isEmpty()) {
      problems.addAll(wanted.notes());
      show(manifest, name, wanted.namesSomebody() ? "Error" : "NotProvided", problems);
      return;
    }
    ClusterPairState pair =
        new ClusterPairState(
            name, wanted.url(), wanted.mode(), manifest.owner().toString(), clock.instant(), token);
    if (keeper.keep(pair)) {
      keeper.present(name).ifPresent(kept -> tell(manifest, kept, wanted.notes()));
    }
  }

  /** Read each time, so that a token that was changed counts at once. */
  private String token(Manifest manifest, PairManifest wanted, List<String> problems) {
    if (wanted.tokenSecret().isEmpty()) {
      return wanted.token();
    }
    Secret secret =
        client.secrets().inNamespace(manifest.namespace()).withName(wanted.tokenSecret()).get();
    String encoded =
        secret == null || secret.getData() == null ? null : secret.getData().get(TOKEN);
    if (encoded == null) {
      problems.add(
          "MIG-176 ClusterPair '%s' is not used. Secret '%s' in namespace '%s' has no token."
                  .formatted(manifest.name(), wanted.tokenSecret(), manifest.namespace())
              + " Make it, with the key 'token'.");
      return "";
    }
    return new String(Base64.getDecoder().decode(encoded), UTF_8).strip();
  }

  /** Before there is an answer, both are pending. */
  private void tell(Manifest manifest, ClusterPairState pair, List<String> notes) {
    Optional<PairProbe.Outcome> outcome = probes.of(pair);
    Map<String, Object> status = new TreeMap<>();
    List<String> problems = new ArrayList<>(notes);
    status.put("name", pair.getName());
    status.put("storageStatus", outcome.map(one -> word(one.storage())).orElse("Pending"));
    status.put("schedulerStatus", outcome.map(one -> word(one.scheduler())).orElse("Pending"));
    outcome
        .filter(one -> !one.reason().isEmpty())
        .ifPresent(one ->
            problems.add(
                "MIG-177 The other side of the pair is not ready. %s Correct that."
                    .formatted(sentence(one.reason()))));
    outcome
        .filter(one -> !one.repository().isEmpty())
        .ifPresent(one -> status.put("remoteStorageId", one.repository()));
    status.put(StatusBoard.PROBLEMS, problems);
    if (outcome.isPresent() || !manifest.status().has("storageStatus")) {
      statuses.show(manifest, status);
    }
  }

  private void show(Manifest manifest, String name, String status, List<String> problems) {
    statuses.show(
        manifest,
        Map.of(
            "name",
            name,
            "storageStatus",
            status,
            "schedulerStatus",
            status,
            StatusBoard.PROBLEMS,
            problems));
  }

  private static String sentence(String text) {
    return text.endsWith(".") ? text : text + ".";
  }

  private static String word(PairProbe.Standing standing) {
    return switch (standing) {
      case READY -> "Ready";
      case NOT_PROVIDED -> "NotProvided";
      case ERROR -> "Error";
    };
  }
}
