package io.mooring.benchmarks.autopilot;

import io.mooring.localcluster.process.LocalProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A running autopilot, asked over REST as anybody would. */
final class AutopilotInstance {

  private static final long KIB = 1024;

  private final HttpClient client = HttpClient.newHttpClient();
  private final int port;
  private final LocalProcess process;

  AutopilotInstance(int port, LocalProcess process) {
    this.port = port;
    this.process = process;
  }

  /** Puts rules in use, once the service can take them. */
  void apply(String rules) throws IOException, InterruptedException {
    HttpRequest request =
        request("/rules")
            .header("Content-Type", "application/yaml")
            .POST(BodyPublishers.ofString(rules))
            .build();
    int status = client.send(request, BodyHandlers.discarding()).statusCode();
    if (status != 202) {
      throw new IOException("the rules of the benchmark were answered with status " + status);
    }
  }

  double evaluations() throws IOException, InterruptedException {
    return metric("mooring_autopilot_evaluation_lag_seconds_count");
  }

  double volumes() throws IOException, InterruptedException {
    return metric("mooring_autopilot_volumes");
  }

  double rules() throws IOException, InterruptedException {
    return metric("mooring_autopilot_rules");
  }

  double refused() throws IOException, InterruptedException {
    return metric("mooring_autopilot_samples_refused_total");
  }

  /** Resident memory of the process. */
  long residentBytes() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIB)
          .findFirst()
          .orElse(0);
    }
  }

  /** Processor time that the process has taken so far. */
  double processorSeconds() {
    return ProcessHandle.of(process.pid())
        .flatMap(handle -> handle.info().totalCpuDuration())
        .map(taken -> taken.toMillis() / 1000.0)
        .orElse(0.0);
  }

  double heapBytes() throws IOException, InterruptedException {
    return metric("jvm_memory_used_bytes{area=\"heap\"");
  }

  /** Sum over all series of a metric; zero before there is one. */
  private double metric(String name) throws IOException, InterruptedException {
    if (!process.isAlive()) {
      throw new IOException("the autopilot ended; its log tells why");
    }
    return client
        .send(request("/q/metrics").GET().build(), BodyHandlers.ofLines())
        .body()
        .filter(line -> line.startsWith(name))
        .filter(line -> name.contains("{") || line.substring(name.length()).matches("[{ ].*"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }
}
