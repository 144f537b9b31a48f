package io.mooring.localcluster.orchestrator;

/** Hears of every step of every pod, on the thread that took it. */
@FunctionalInterface
public interface PodListener {

  void onStep(PodStatus status);
}
