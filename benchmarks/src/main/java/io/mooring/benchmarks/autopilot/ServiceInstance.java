package io.mooring.benchmarks.autopilot;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A running instance, as its metrics and the kernel show it.
 *
 * @param url base of its REST interface
 * @param pid its process
 */
record ServiceInstance(URI url, long pid) {

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Measurements that it has judged under all rules. */
  long judged() throws InterruptedException {
    return (long) metric("mooring_autopilot_evaluation_lag_seconds_count");
  }

  long volumes() throws InterruptedException {
    return (long) metric("mooring_autopilot_volumes");
  }

  long rules() throws InterruptedException {
    return (long) metric("mooring_autopilot_rules");
  }

  /** Most memory that the process has had, heap and all, in bytes. */
  long peakBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    throw new IOException("the kernel tells no VmHWM of process " + pid);
  }

  boolean isReady() throws InterruptedException {
    return answers(URI.create(url + "/q/health/ready"));
  }

  static boolean answers(URI uri) throws InterruptedException {
    try {
      return get(uri).statusCode() == 200;
    } catch (IOException _) {
      return false;
    }
  }

  /** Sum over all labels; 0 if the metric is not there yet. */
  private double metric(String name) throws InterruptedException {
    String all;
    try {
      all = get(URI.create(url + "/q/metrics")).body();
    } catch (IOException e) {
      throw new IllegalStateException("no metrics from " + url, e);
    }
    return all.lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(uri).timeout(PATIENCE).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
