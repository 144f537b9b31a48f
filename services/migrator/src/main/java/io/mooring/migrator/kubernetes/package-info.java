/**
 * An application's orchestrator is a Kubernetes cluster: its objects are those of a namespace, with
 * what they need beyond it, and its pods are stopped and started by the objects that scale them.
 * Manifests are JSON as the API server serves it, so that nothing is lost that a model of ours does
 * not know. What the cluster adds by itself is taken off.
 */
@NullMarked
package io.mooring.migrator.kubernetes;

import org.jspecify.annotations.NullMarked;
