package io.mooring.localcluster;

/**
 * A process of the control plane.
 *
 * @param alive it runs
 * @param restarts how often it was started again in place after a crash
 */
public record ServiceStatus(String name, boolean alive, int restarts) {}
