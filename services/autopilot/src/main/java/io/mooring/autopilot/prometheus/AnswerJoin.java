package io.mooring.autopilot.prometheus;

import io.mooring.autopilot.decision.Answer;
import io.mooring.autopilot.decision.Claim;
import io.mooring.autopilot.decision.WatchedVolume;
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
 * Finds the volumes that the elements of an answer are about, by the labels that PX metrics and
 * those of the kubelet carry: {@code volumeid}, else {@code volumename}, else {@code namespace} and
 * {@code pvc} or {@code persistentvolumeclaim}.
 */
final class AnswerJoin {

  private static final String ID = "volumeid";
  private static final String NAME = "volumename";
  private static final String NAMESPACE = "namespace";
  private static final List<String> CLAIM = List.of("pvc", "persistentvolumeclaim");

  private final Map<String, String> byId = new HashMap<>();
  private final Map<String, String> byName = new HashMap<>();
  private final Map<List<String>, String> byClaim = new HashMap<>();

  AnswerJoin(Collection<WatchedVolume> volumes) {
    for (WatchedVolume volume : volumes) {
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
  }

  /**
   * What was found.
   *
   * @param answers by volume
   * @param ambiguous volumes about which the answer says several things; it says nothing then
   * @param unjoinable elements without labels that name any volume at all
   */
  record Joined(Map<String, Answer> answers, Set<String> ambiguous, int unjoinable) {}

  Joined join(List<Element> elements) {
    Map<String, Answer> answers = new TreeMap<>();
    Set<String> seen = new HashSet<>();
    Set<String> ambiguous = new TreeSet<>();
    int unjoinable = 0;
    for (Element element : elements) {
      if (!namesAVolume(element.labels())) {
        unjoinable++;
        continue;
      }
      String volume = volume(element.labels());
      if (volume != null && !seen.add(volume)) {
        ambiguous.add(volume);
      } else if (volume != null) {
        answers.put(volume, new Answer(number(element.value()), element.at()));
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
