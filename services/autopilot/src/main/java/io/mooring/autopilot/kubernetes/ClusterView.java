package io.mooring.autopilot.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What the API server said last. While it is away this stays as it was; what was never heard is
 * empty and not {@linkplain #hasRules known}, so that nobody takes it for deleted.
 */
final class ClusterView implements AutoCloseable {

  private final SharedIndexInformer<GenericKubernetesResource> rules;
  private final SharedIndexInformer<GenericKubernetesResource> objects;
  private final SharedIndexInformer<GenericKubernetesResource> approvals;
  private final SharedIndexInformer<PersistentVolume> volumes;
  private final SharedIndexInformer<PersistentVolumeClaim> claims;
  private final SharedIndexInformer<Namespace> namespaces;

  /**
   * @param deletedApproval is told of each approval that somebody deletes
   */
  ClusterView(KubernetesClient client, Consumer<GenericKubernetesResource> deletedApproval) {
    this.rules = custom(client, Kinds.RULE);
    this.objects = custom(client, Kinds.RULE_OBJECT);
    this.approvals = custom(client, Kinds.APPROVAL);
    this.volumes = client.persistentVolumes().runnableInformer(0);
    this.claims = client.persistentVolumeClaims().inAnyNamespace().runnableInformer(0);
    this.namespaces = client.namespaces().runnableInformer(0);
    approvals.addEventHandler(new Deletions(deletedApproval));
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
    return Stream.of(rules, objects, approvals, volumes, claims, namespaces);
  }

  boolean hasRules() {
    return rules.hasSynced();
  }

  boolean hasObjects() {
    return objects.hasSynced();
  }

  boolean hasApprovals() {
    return approvals.hasSynced();
  }

  boolean hasClaims() {
    return volumes.hasSynced() && claims.hasSynced() && namespaces.hasSynced();
  }

  List<GenericKubernetesResource> rules() {
    return rules.getStore().list();
  }

  /** Those that the autopilot made. */
  List<GenericKubernetesResource> objects() {
    return made(objects);
  }

  /** Those that the autopilot made. */
  List<GenericKubernetesResource> approvals() {
    return made(approvals);
  }

  private static List<GenericKubernetesResource> made(
      SharedIndexInformer<GenericKubernetesResource> informer) {
    return informer.getStore().list().stream().filter(ClusterView::isOurs).toList();
  }

  static boolean isOurs(HasMetadata resource) {
    return resource.getMetadata().getLabels() != null
        && Kinds.AUTOPILOT.equals(resource.getMetadata().getLabels().get(Kinds.MANAGED_BY));
  }

  List<PersistentVolume> volumes() {
    return volumes.getStore().list();
  }

  Optional<PersistentVolumeClaim> claim(String namespace, String name) {
    return Optional.ofNullable(claims.getStore().getByKey(namespace + "/" + name));
  }

  Optional<Namespace> namespace(String name) {
    return Optional.ofNullable(namespaces.getStore().getByKey(name));
  }

  @Override
  public void close() {
    all().forEach(SharedIndexInformer::stop);
  }

  /** Hears of deletions only. */
  private record Deletions(Consumer<GenericKubernetesResource> listener)
      implements ResourceEventHandler<GenericKubernetesResource> {

    @Override
    public void onAdd(GenericKubernetesResource added) {}

    @Override
    public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource after) {}

    @Override
    public void onDelete(GenericKubernetesResource deleted, boolean finalStateUnknown) {
      listener.accept(deleted);
    }
  }
}
