package io.mooring.localcluster.incident;

/**
 * What an incident is about.
 *
 * @param node node that died
 * @param pod pod that was on it
 * @param volumeId the pod's volume
 * @param brokerId the pod's broker
 */
public record Subject(String node, String pod, String volumeId, int brokerId) {}
