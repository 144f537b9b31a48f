package io.mooring.autopilot.prometheus;

import io.mooring.autopilot.decision.Answer;
import io.mooring.autopilot.decision.Claim;
import io.mooring.autopilot.decision.VolumeFacts;
import io.mooring.autopilot.decision.WatchedVolume;
import io.mooring.autopilot.expression.Metric.Subject;
import io.mooring.autopilot.prometheus.ServerAnswer.Element;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the objects that the elements of an answer are about, by the labels that PX metrics and
 * those of the kubelet carry. Volumes: {@code volumeid}, else {@code volumename}, else {@code
 * namespace} and {@code pvc} or {@code persistentvolumeclaim}. Pools: {@code node} and {@code
 * pool}; one of the two is enough where it leaves one pool only. What names a volume is about no
 * pool.
 */
final class AnswerJoin {

  private static final String ID = "volumeid";
  private static final String NAME = "volumename";
  private static final String NAMESPACE = "namespace";
  private static final String NODE = "node";
  private static final String POOL = "pool";
  private static final List<String> CLAIM = List.of("pvc", "persistentvolumeclaim");

  private final Map<String, String> byId = new HashMap<>();
  private final Map<String, String> byName = new HashMap<>();
  private final Map<List<String>, String> byClaim = new HashMap<>();
  private final Pools pools = new Pools();

  /**
   * @param asked objects that the query is asked for
   * @param all all pools, because one name may be that of several
   */
  AnswerJoin(Collection<WatchedVolume> asked, Collection<WatchedVolume> all) {
    for (WatchedVolume object : asked) {
      switch (object.facts().subject()) {
        case VOLUME -> addVolume(object);
        case POOL -> {}
      }
    }
    Set<String> askedIds = new HashSet<>();
    asked.forEach(object -> askedIds.add(object.facts().id()));
    for (WatchedVolume object : all) {
      if (object.facts().subject() == Subject.POOL) {
        pools.add(object.facts(), askedIds.contains(object.facts().id()));
      }
    }
  }

  private void addVolume(WatchedVolume volume) {
    String id = volume.facts().id();
    byId.put(id, id);
    byName.put(volume.facts().name(), id);
    Claim claim = volume.claim();
    byClaim.put(
        claim == null
            ? List.of(volume.facts().claimNamespace(), volume.facts().claimName())
            : List.of(claim.namespace(), claim.name()),
        id);
  }

  /** Pools by their labels; of a label that several pools have, none follows. */
  private static final class Pools {

    private final Map<List<String>, Set<String>> byLabels = new HashMap<>();
    private final Set<String> asked = new HashSet<>();

    void add(VolumeFacts pool, boolean isAsked) {
      String node = pool.labels().getOrDefault(NODE, "");
      String name = pool.labels().getOrDefault(POOL, "");
      for (List<String> key : List.of(List.of(node, name), List.of(node, ""), List.of("", name))) {
        byLabels.computeIfAbsent(key, _ -> new HashSet<>()).add(pool.id());
      }
      if (isAsked) {
        asked.add(pool.id());
      }
    }

    boolean areAsked() {
      return !asked.isEmpty();
    }

    @Nullable String named(Map<String, String> labels) {
      Set<String> found =
          byLabels.getOrDefault(
              List.of(labels.getOrDefault(NODE, ""), labels.getOrDefault(POOL, "")), Set.of());
      return found.size() == 1 && asked.containsAll(found) ? found.iterator().next() : null;
    }

    static boolean areNamedIn(Map<String, String> labels) {
      return labels.containsKey(NODE) || labels.containsKey(POOL);
    }
  }

  /**
   * What was found.
   *
   * @param answers by volume or pool
   * @param ambiguous those about which the answer says several things; it says nothing then
   * @param unjoinable elements without labels that name anything at all that is asked about
   */
  record Joined(Map<String, Answer> answers, Set<String> ambiguous, int unjoinable) {}

  Joined join(List<Element> elements) {
    Map<String, Answer> answers = new TreeMap<>();
    Set<String> seen = new HashSet<>();
    Set<String> ambiguous = new TreeSet<>();
    int unjoinable = 0;
    for (Element element : elements) {
      Map<String, String> labels = element.labels();
      boolean aboutVolume = namesAVolume(labels);
      if (!aboutVolume && !(pools.areAsked() && Pools.areNamedIn(labels))) {
        unjoinable++;
        continue;
      }
      String object = aboutVolume ? volume(labels) : pools.named(labels);
      if (object != null && !seen.add(object)) {
        ambiguous.add(object);
      } else if (object != null) {
        answers.put(object, new Answer(number(element.value()), element.at()));
      }
    }
    answers.keySet().removeAll(ambiguous);
    return new Joined(answers, ambiguous, unjoinable);
  }

  private static boolean namesAVolume(Map<String, String> labels) {
    return labels.containsKey(ID)
        || labels.containsKey(NAME)
        || labels.containsKey(NAMESPACE) && claimName(labels) != null;
  }

  /** Null if it is another's volume, or one that no rule asks about. */
  private @Nullable String volume(Map<String, String> labels) {
    if (labels.containsKey(ID)) {
      return byId.get(labels.get(ID));
    }
    if (labels.containsKey(NAME)) {
      return byName.get(labels.get(NAME));
    }
    String claim = claimName(labels);
    return claim == null ? null : byClaim.get(List.of(labels.get(NAMESPACE), claim));
  }

  private static @Nullable String claimName(Map<String, String> labels) {
    return CLAIM.stream().filter(labels::containsKey).map(labels::get).findFirst().orElse(null);
  }

  /** Not a number, or infinite: then there is none. */
  private static @Nullable BigDecimal number(String value) {
    try {
      return new BigDecimal(value);
    } catch (NumberFormatException _) {
      return null;
    }
  }
}
