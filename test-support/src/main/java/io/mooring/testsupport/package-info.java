/**
 * Real servers for integration tests: Kafka brokers inside the test's JVM, a schema registry as a
 * process of its own, and both together as a control plane that a Quarkus test can ask for. All
 * ports are free ones on the loopback interface.
 *
 * <pre>{@code
 * @QuarkusTest
 * @QuarkusTestResource(ControlPlaneResource.class)
 * class VolumeManagerIT { ... }
 * }</pre>
 *
 * <p>Topology tests without any server use {@link io.mooring.testsupport.InMemoryRegistry}.
 */
@NullMarked
package io.mooring.testsupport;

import org.jspecify.annotations.NullMarked;
