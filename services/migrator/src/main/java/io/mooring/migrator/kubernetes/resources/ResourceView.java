package io.mooring.migrator.kubernetes.resources;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the API server said last. While it is away this stays as it was; before everything was heard
 * once it is not {@linkplain #isComplete complete}, so that nobody takes anything for deleted.
 */
final class ResourceView implements AutoCloseable {

  private final SharedIndexInformer<GenericKubernetesResource> pairs;
  private final SharedIndexInformer<GenericKubernetesResource> rules;
  private final SharedIndexInformer<GenericKubernetesResource> policies;
  private final SharedIndexInformer<GenericKubernetesResource> schedules;
  private final SharedIndexInformer<GenericKubernetesResource> migrations;
  private final SharedIndexInformer<PersistentVolume> volumes;
  private final SharedIndexInformer<PersistentVolumeClaim> claims;
  private final SharedIndexInformer<Namespace> namespaces;

  ResourceView(KubernetesClient client) {
    this.pairs = custom(client, Kinds.PAIR);
    this.rules = custom(client, Kinds.RULE);
    this.policies = custom(client, Kinds.POLICY);
    this.schedules = custom(client, Kinds.SCHEDULE);
    this.migrations = custom(client, Kinds.MIGRATION);
    this.volumes = client.persistentVolumes().runnableInformer(0);
    this.claims = client.persistentVolumeClaims().inAnyNamespace().runnableInformer(0);
    this.namespaces = client.namespaces().runnableInformer(0);
    all()
        .forEach(informer -> {
          // Whatever the trouble, such as a definition that is not installed yet: try again for
          // ever.
          informer.exceptionHandler((_, _) -> true);
          informer.start();
        });
  }

  private static SharedIndexInformer<GenericKubernetesResource> custom(
      KubernetesClient client, ResourceDefinitionContext kind) {
    return client.genericKubernetesResources(kind).inAnyNamespace().runnableInformer(0);
  }

  private Stream<SharedIndexInformer<?>> all() {
    return Stream.of(pairs, rules, policies, schedules, migrations, volumes, claims, namespaces);
  }

  /** One thing refers to the other, so that nothing is done before all was heard. */
  boolean isComplete() {
    return all().allMatch(SharedIndexInformer::hasSynced);
  }

  List<Manifest> pairs() {
    return manifests(pairs);
  }

  List<Manifest> rules() {
    return manifests(rules);
  }

  List<Manifest> schedules() {
    return manifests(schedules);
  }

  List<Manifest> migrations() {
    return manifests(migrations);
  }

  /** Oldest first. */
  private static List<Manifest> manifests(SharedIndexInformer<GenericKubernetesResource> informer) {
    return informer.getStore().list().stream()
        .map(Manifest::new)
        .filter(manifest -> !manifest.isGoing())
        .sorted(Manifest.BY_AGE)
        .toList();
  }

  Optional<GenericKubernetesResource> policy(String name) {
    return Optional.ofNullable(policies.getStore().getByKey(name));
  }

  List<PersistentVolume> volumes() {
    return volumes.getStore().list();
  }

  List<PersistentVolumeClaim> claims() {
    return claims.getStore().list();
  }

  Optional<PersistentVolumeClaim> claim(String namespace, String name) {
    return Optional.ofNullable(claims.getStore().getByKey(namespace + "/" + name));
  }

  /** Names of the namespaces that have all these labels. */
  List<String> namespaces(Map<String, String> labels) {
    return namespaces.getStore().list().stream()
        .filter(namespace ->
            Objects.requireNonNullElse(
                    namespace.getMetadata().getLabels(), Map.<String, String>of())
                .entrySet()
                .containsAll(labels.entrySet()))
        .map(namespace -> namespace.getMetadata().getName())
        .sorted()
        .toList();
  }

  @Override
  public void close() {
    all().forEach(SharedIndexInformer::stop);
  }
}
