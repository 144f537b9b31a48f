package io.mooring.localcluster;

import io.mooring.localcluster.kafka.ControlKafka;
import io.mooring.localcluster.process.Await;
import io.mooring.localcluster.process.LocalProcess;
import io.mooring.localcluster.process.ProcessSpec;
import io.mooring.localcluster.process.SupervisedProcess;
import io.mooring.localcluster.services.ServicePrograms;
import io.mooring.schemas.ControlTopics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/** Control Kafka, schema registry, volume-manager, failover-detector and autopilot. */
final class ControlPlane {

  private static final Duration START_LIMIT = Duration.ofSeconds(120);
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(2);

  private final ControlKafka kafka;
  private final int controlNodes;
  private final ClusterFiles files;
  private final SupervisedProcess registry;
  private final SupervisedProcess manager;
  private final SupervisedProcess detector;
  private final SupervisedProcess autopilot;

  ControlPlane(
      ControlKafka kafka,
      int controlNodes,
      ClusterFiles files,
      ServicePrograms services,
      String managedBootstrapServers,
      Optional<Path> rules) {
    this.kafka = kafka;
    this.controlNodes = controlNodes;
    this.files = files;
    this.registry = supervised(services.registry());
    this.manager = supervised(services.manager());
    this.detector = supervised(services.detector(managedBootstrapServers));
    this.autopilot = supervised(services.autopilot(rules));
  }

  ControlKafka kafka() {
    return kafka;
  }

  SupervisedProcess manager() {
    return manager;
  }

  SupervisedProcess autopilot() {
    return autopilot;
  }

  /** Every process. */
  List<SupervisedProcess> processes() {
    return Stream.concat(
            kafka.processes().stream(), Stream.of(registry, manager, detector, autopilot))
        .toList();
  }

  /** Starts Kafka and the registry, and makes the control topics. */
  void startKafka(Progress progress) throws InterruptedException {
    registry.start();
    kafka.start();
    awaitKafka();
    progress.say("control Kafka serves on " + kafka.bootstrapServers());
    awaitHttp(
        "the schema registry serves",
        files.log("registry"),
        ServicePrograms.registryUrl() + "/system/info");
    progress.say("schema registry serves on " + ServicePrograms.registryUrl());
  }

  /** Starts the services. */
  void startServices(Progress progress) throws InterruptedException {
    manager.start();
    detector.start();
    autopilot.start();
    awaitReady(manager, ServicePrograms.managerUrl(), progress);
    awaitReady(detector, ServicePrograms.detectorUrl(), progress);
    awaitReady(autopilot, ServicePrograms.autopilotUrl(), progress);
  }

  private void awaitReady(SupervisedProcess service, URI url, Progress progress)
      throws InterruptedException {
    awaitHttp(service.name() + " is ready", files.log(service.name()), url + "/q/health/ready");
    progress.say(service.name() + " is ready on " + url);
  }

  /** Stops everything, those first that need the others; SIGKILL for each after {@code grace}. */
  void stop(Duration grace) throws InterruptedException {
    for (SupervisedProcess process : List.of(manager, detector, autopilot, registry)) {
      process.stop(grace);
    }
    kafka.stop(grace);
  }

  private void awaitKafka() throws InterruptedException {
    try (Admin admin =
        Admin.create(
            Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "reconnect.backoff.max.ms",
                "200"))) {
      Await.until(
          "the control Kafka serves",
          files.log("control-kafka-0"),
          START_LIMIT,
          () -> hasBrokers(admin));
      ControlTopics.createMissing(admin, controlNodes);
    }
  }

  private boolean hasBrokers(Admin admin) throws InterruptedException {
    try {
      return admin
              .describeCluster()
              .nodes()
              .get(REQUEST_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
              .size()
          == controlNodes;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }

  /** Waits until a URL is answered with 200. */
  static void awaitHttp(String what, Path log, String url) throws InterruptedException {
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(REQUEST_LIMIT).build()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(REQUEST_LIMIT).build();
      Await.until(what, log, START_LIMIT, () -> answers(http, request));
    }
  }

  private static boolean answers(HttpClient http, HttpRequest request) throws InterruptedException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private static SupervisedProcess supervised(ProcessSpec spec) {
    return new SupervisedProcess(spec.name(), () -> start(spec));
  }

  /** Starts a process in the namespaces of this one. */
  static LocalProcess start(ProcessSpec spec) {
    return LocalProcess.start(spec, List.of());
  }
}
