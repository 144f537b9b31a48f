package io.mooring.autopilot.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.Map;
import java.util.TreeMap;

/** What a rule says, out of what the API server keeps of it. */
final class RuleManifest {

  /** Other annotations are other programs' and change without the rule. */
  private static final String OWN_ANNOTATIONS = "mooring.io/";

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private RuleManifest() {}

  /** The rule as YAML; it changes only if the rule does. */
  static String of(GenericKubernetesResource resource) {
    Map<String, Object> metadata = new TreeMap<>();
    metadata.put("name", resource.getMetadata().getName());
    Map<String, String> annotations = new TreeMap<>();
    if (resource.getMetadata().getAnnotations() != null) {
      resource
          .getMetadata()
          .getAnnotations()
          .forEach((key, value) -> {
            if (key.startsWith(OWN_ANNOTATIONS)) {
              annotations.put(key, value);
            }
          });
    }
    if (!annotations.isEmpty()) {
      metadata.put("annotations", annotations);
    }
    Map<String, Object> rule = new TreeMap<>();
    rule.put("apiVersion", resource.getApiVersion());
    rule.put("kind", resource.getKind());
    rule.put("metadata", metadata);
    if (resource.getAdditionalProperties().containsKey("spec")) {
      rule.put("spec", resource.getAdditionalProperties().get("spec"));
    }
    try {
      return YAML.writeValueAsString(rule);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what was read as JSON cannot be written as YAML", e);
    }
  }
}
