/** What the services that keep a Kubernetes cluster and the control topics equal have in common. */
@NullMarked
package io.mooring.kubernetes;

import org.jspecify.annotations.NullMarked;
