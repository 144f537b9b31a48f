package io.mooring.localcluster.kafka;

import java.util.List;

/** File system of a broker's volume. */
public enum VolumeFormat {
  EXT4("ext4", List.of()),

  /**
   * Grows without CAP_SYS_RESOURCE, which containers often lack. It reserves ahead of files that
   * grow, as much as they have: on a small volume that would count as used long before there is
   * data.
   */
  XFS("xfs", List.of("allocsize=64k"));

  private final String parameter;
  private final List<String> mountOptions;

  VolumeFormat(String parameter, List<String> mountOptions) {
    this.parameter = parameter;
    this.mountOptions = mountOptions;
  }

  /** Value of the storage class's parameter {@code fs}. */
  String parameter() {
    return parameter;
  }

  List<String> mountOptions() {
    return mountOptions;
  }

  @Override
  public String toString() {
    return parameter;
  }
}
