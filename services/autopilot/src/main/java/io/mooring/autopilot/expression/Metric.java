package io.mooring.autopilot.expression;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What can be measured. Each metric has Mooring's own name and the names under which rules written
 * for PX-Autopilot know it.
 */
public enum Metric {
  USED_BYTES(
      Subject.VOLUME,
      "mooring_volume_used_bytes",
      "px_volume_usage_bytes",
      "px_volume_fs_usage_bytes"),
  CAPACITY_BYTES(Subject.VOLUME, "mooring_volume_capacity_bytes", "px_volume_capacity_bytes"),
  FS_SIZE_BYTES(Subject.VOLUME, "mooring_volume_fs_size_bytes", "px_volume_fs_capacity_bytes"),
  INODES_TOTAL(Subject.VOLUME, "mooring_volume_inodes_total"),
  INODES_USED(Subject.VOLUME, "mooring_volume_inodes_used"),
  ALLOCATED_BYTES(Subject.VOLUME, "mooring_volume_allocated_bytes"),
  POOL_TOTAL_BYTES(Subject.POOL, "mooring_pool_capacity_bytes", "px_pool_stats_total_bytes"),
  POOL_AVAILABLE_BYTES(Subject.POOL, "mooring_pool_free_bytes", "px_pool_stats_available_bytes"),
  POOL_USED_BYTES(Subject.POOL, "mooring_pool_used_bytes", "px_pool_stats_used_bytes"),
  POOL_PROVISIONED_BYTES(
      Subject.POOL, "mooring_pool_provisioned_bytes", "px_pool_stats_provisioned_bytes"),
  /** 1 while test writes into the pool succeed, 0 while they do not. */
  POOL_HEALTHY(Subject.POOL, "mooring_pool_healthy", "px_pool_stats_status"),
  /** Sums over all pools in service, so that a rule can compare one with all. */
  CLUSTER_CAPACITY_BYTES(Subject.POOL, "mooring_cluster_capacity_bytes"),
  CLUSTER_USED_BYTES(Subject.POOL, "mooring_cluster_used_bytes"),
  CLUSTER_PROVISIONED_BYTES(Subject.POOL, "mooring_cluster_provisioned_bytes");

  /** What a metric is a property of. */
  public enum Subject {
    VOLUME,
    POOL
  }

  private final Subject subject;
  private final List<String> names;

  Metric(Subject subject, String... names) {
    this.subject = subject;
    this.names = List.of(names);
  }

  public Subject subject() {
    return subject;
  }

  /** The name used in messages. */
  public String canonicalName() {
    return names.getFirst();
  }

  /** The metric of that name, in whichever of its spellings. */
  public static Optional<Metric> named(String name) {
    return Stream.of(values()).filter(metric -> metric.names.contains(name)).findFirst();
  }

  /** Every name that a rule may use. */
  public static List<String> allNames() {
    return Stream.of(values()).flatMap(metric -> metric.names.stream()).toList();
  }
}
