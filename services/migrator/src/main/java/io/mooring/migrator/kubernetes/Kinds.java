package io.mooring.migrator.kubernetes;

import java.util.List;
import java.util.Optional;

/**
 * The kinds that describe an application, in the order in which they can be made: what others name
 * comes before them, and what runs comes last.
 *
 * <p>Not among them is what the cluster makes from others (pods, endpoints, events, leases, replica
 * sets of deployments), what has run (jobs: they would run again), and what is the cluster's own
 * and not the application's (nodes, definitions of custom resources, webhooks, classes of
 * priorities and of ingress).
 */
final class Kinds {

  static final Kind NAMESPACE = Kind.ofCluster("", "v1", "namespaces", "Namespace");
  static final Kind STORAGE_CLASS =
      Kind.ofCluster("storage.k8s.io", "v1", "storageclasses", "StorageClass");
  static final Kind CONFIG_MAP = Kind.namespaced("", "v1", "configmaps", "ConfigMap");
  static final Kind SECRET = Kind.namespaced("", "v1", "secrets", "Secret");
  static final Kind SERVICE_ACCOUNT =
      Kind.namespaced("", "v1", "serviceaccounts", "ServiceAccount");
  static final Kind CLUSTER_ROLE =
      Kind.ofCluster("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole");
  static final Kind CLUSTER_ROLE_BINDING =
      Kind.ofCluster(
          "rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding");
  static final Kind ROLE = Kind.namespaced("rbac.authorization.k8s.io", "v1", "roles", "Role");
  static final Kind ROLE_BINDING =
      Kind.namespaced("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding");
  static final Kind VOLUME = Kind.ofCluster("", "v1", "persistentvolumes", "PersistentVolume");
  static final Kind CLAIM =
      Kind.namespaced("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim");
  static final Kind SERVICE = Kind.namespaced("", "v1", "services", "Service");
  static final Kind NETWORK_POLICY =
      Kind.namespaced("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy");
  static final Kind DAEMON_SET = Kind.namespaced("apps", "v1", "daemonsets", "DaemonSet");
  static final Kind DEPLOYMENT = Kind.namespaced("apps", "v1", "deployments", "Deployment");
  static final Kind REPLICA_SET = Kind.namespaced("apps", "v1", "replicasets", "ReplicaSet");
  static final Kind STATEFUL_SET = Kind.namespaced("apps", "v1", "statefulsets", "StatefulSet");
  static final Kind CRON_JOB = Kind.namespaced("batch", "v1", "cronjobs", "CronJob");

  static final Kind POD = Kind.namespaced("", "v1", "pods", "Pod");
  static final Kind DEFINITION =
      Kind.ofCluster(
          "apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition");

  /** Read one by one, for what names them, and before what is in the namespace. */
  static final List<Kind> AROUND =
      List.of(NAMESPACE, STORAGE_CLASS, CLUSTER_ROLE, CLUSTER_ROLE_BINDING, VOLUME);

  /** In a namespace, before custom resources. */
  static final List<Kind> BEFORE =
      List.of(
          Kind.namespaced("", "v1", "resourcequotas", "ResourceQuota"),
          Kind.namespaced("", "v1", "limitranges", "LimitRange"),
          SECRET,
          CONFIG_MAP,
          SERVICE_ACCOUNT,
          ROLE,
          ROLE_BINDING,
          CLAIM,
          SERVICE,
          NETWORK_POLICY,
          Kind.namespaced("networking.k8s.io", "v1", "ingresses", "Ingress"),
          Kind.namespaced("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget"),
          Kind.namespaced("", "v1", "podtemplates", "PodTemplate"));

  /** In a namespace, after custom resources: what runs, and what scales it. */
  static final List<Kind> AFTER =
      List.of(
          DAEMON_SET,
          DEPLOYMENT,
          REPLICA_SET,
          Kind.namespaced("", "v1", "replicationcontrollers", "ReplicationController"),
          STATEFUL_SET,
          CRON_JOB,
          Kind.namespaced(
              "autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler"));

  private Kinds() {}

  /** The built-in kind of this name. */
  static Optional<Kind> named(String name) {
    return java.util.stream.Stream.of(AROUND, BEFORE, AFTER)
        .flatMap(List::stream)
        .filter(kind -> kind.name().equals(name))
        .findFirst();
  }
}
