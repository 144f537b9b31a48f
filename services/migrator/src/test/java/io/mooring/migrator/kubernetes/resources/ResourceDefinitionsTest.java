package io.mooring.migrator.kubernetes.resources;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code k8s/crds} lets through, and what is made of it. */
class ResourceDefinitionsTest {

  private static final YAMLMapper YAML = new YAMLMapper();

  @ParameterizedTest
  @ValueSource(
      strings = {"ClusterPair", "Migration", "MigrationSchedule", "Rule", "SchedulePolicy"})
  void aDefinitionIsOneThatAnApiServerTakes(String kind) {
    JsonNode definition = StorkCluster.definition(kind);
    assertThat(StorkCluster.schema(kind).partsWithoutType()).isEmpty();
    assertThat(definition.at("/spec/names/kind").asText()).isEqualTo(kind);
    assertThat(definition.at("/metadata/name").asText())
        .isEqualTo(definition.at("/spec/names/plural").asText() + "." + Kinds.GROUP);
  }

  @Test
  void aMigrationWithoutFieldsMeansWhatTheDefinitionSays() {
    Map<String, Object> defaults = new TreeMap<>();
    StorkCluster.schema("Migration");
    StorkCluster.definition("Migration")
        .at("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties")
        .properties()
        .forEach(field -> {
          if (field.getValue().has("default")) {
            defaults.put(field.getKey(), field.getValue().get("default").asBoolean());
          }
        });
    // As STORK's controller sets them; its command line would start applications.
    assertThat(defaults)
        .containsOnly(
            Map.entry("includeVolumes", true),
            Map.entry("includeResources", true),
            Map.entry("startApplications", false),
            Map.entry("purgeDeletedResources", false),
            Map.entry("skipServiceUpdate", false),
            Map.entry("skipDeletedNamespaces", true),
            Map.entry("includeNetworkPolicyWithCIDR", false),
            Map.entry("ignoreOwnerReferencesCheck", false));
    assertThat(MigrationTemplate.fields(Fields.of(Map.of()), List.of("n")))
        .isEqualTo(MigrationTemplate.fields(Fields.of(defaults), List.of("n")));
  }

  @Test
  void aScheduleAsksForTheSameAsAMigration() {
    JsonNode template =
        StorkCluster.definition("MigrationSchedule")
            .at(
                "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/template"
                    + "/properties/spec/properties");
    assertThat(template)
        .isEqualTo(
            StorkCluster.definition("Migration")
                .at("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties"));
  }

  @Test
  void theRowOfAMigrationIsThatOfTheCommandLine() {
    List<String> columns = new ArrayList<>(List.of("NAME"));
    StorkCluster.definition("Migration")
        .at("/spec/versions/0/additionalPrinterColumns")
        .forEach(column -> columns.add(column.path("name").asText().toUpperCase()));
    assertThat(String.join(" ", columns))
        .isEqualTo("NAME CLUSTERPAIR STAGE STATUS VOLUMES RESOURCES CREATED ELAPSED");
  }

  @Test
  void manifestsForStorkAreTaken() throws Exception {
    assertThat(
            problems(
                """
                apiVersion: stork.libopenstorage.org/v1alpha1
                kind: ClusterPair
                metadata: {name: remotecluster, namespace: kube-system}
                spec:
                  config:
                    clusters: {kubernetes: {server: "https://10.0.0.1:6443", certificate-authority-data: x}}
                    contexts: {c: {cluster: kubernetes, user: u}}
                    current-context: c
                    users: {u: {client-certificate-data: x}}
                  options: {token: abc, ip: 10.0.0.1, port: "9001", mode: DisasterRecovery}
                  platformOptions: {rancher: {projectMappings: {a: b}}}
                """))
        .isEmpty();
    assertThat(
            problems(
                """
                apiVersion: stork.libopenstorage.org/v1alpha1
                kind: MigrationSchedule
                metadata: {name: mysql, namespace: mysql}
                spec:
                  template:
                    spec:
                      clusterPair: remotecluster
                      includeResources: true
                      startApplications: false
                      namespaces: [mysql]
                  schedulePolicyName: testpolicy
                  suspend: false
                  autoSuspend: true
                """))
        .isEmpty();
    assertThat(
            problems(
                """
                apiVersion: stork.libopenstorage.org/v1alpha1
                kind: SchedulePolicy
                metadata: {name: testpolicy}
                policy:
                  weekly: {day: Thursday, time: "10:13PM", retain: 2, options: {a: b}}
                """))
        .isEmpty();
  }

  private static List<String> problems(String yaml) throws Exception {
    JsonNode resource = YAML.readTree(yaml);
    return StorkCluster.schema(resource.path("kind").asText()).problems(resource);
  }
}
