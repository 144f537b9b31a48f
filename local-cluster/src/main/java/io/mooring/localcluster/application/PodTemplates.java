package io.mooring.localcluster.application;

import io.mooring.localcluster.orchestrator.PodTemplate;

/** Makes of objects what runs pods: the images of this small world. */
@FunctionalInterface
public interface PodTemplates {

  /**
   * How the pods of a set are run.
   *
   * @param service gives them their addresses and their port
   * @param configuration gives them their settings
   * @throws io.mooring.localcluster.LocalClusterException LCL-040 if one of them lacks something
   */
  PodTemplate of(Fields statefulSet, Fields service, Fields configuration);
}
