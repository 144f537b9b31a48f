package io.mooring.migrator.kubernetes;

import io.mooring.migrator.outside.ApplicationDoor;
import java.io.IOException;
import java.util.Optional;

/** The pods of a namespace of Kubernetes, and the objects that scale them. */
public final class KubernetesApplicationDoor implements ApplicationDoor, AutoCloseable {

  private final ApiServer server;
  private final CustomKinds kinds;
  private final StopSequence stops;
  private final PodCommands commands;
  private final ObjectWriter writer;

  KubernetesApplicationDoor(
      ApiServer server, CustomKinds kinds, StopSequence stops, PodCommands commands) {
    this.server = server;
    this.kinds = kinds;
    this.stops = stops;
    this.commands = commands;
    this.writer = new ObjectWriter(server);
  }

  @Override
  public Activity activity(String namespace) throws IOException {
    Population population = Population.read(server, kinds, namespace);
    return new Activity(population.desired(), population.running());
  }

  @Override
  public void stop(String namespace) throws IOException {
    stops.stop(namespace);
  }

  /** What a migration has stopped, and nothing else. */
  @Override
  public void start(String namespace) throws IOException {
    stops.forget(namespace);
    for (Population.Scaled one : Population.read(server, kinds, namespace).scaled()) {
      writer.change(
          one.kind(),
          namespace,
          Fields.name(one.object()),
          here -> one.workload().start(here) ? Optional.of(here) : Optional.empty());
    }
  }

  @Override
  public Execution execute(String id, String namespace, Command command, long timeoutSeconds)
      throws IOException {
    return commands.execute(id, namespace, command, timeoutSeconds);
  }

  @Override
  public Optional<Execution> execution(String id, String namespace) throws IOException {
    return commands.execution(id, namespace);
  }

  @Override
  public void end(String id, String namespace) throws IOException {
    commands.end(id, namespace);
  }

  @Override
  public void close() {
    stops.close();
  }
}
