package io.mooring.migrator.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.mooring.migrator.outside.OutsideException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Through the API server. */
final class ApiPodExec implements PodExec {

  private final KubernetesClient client;
  private final Duration timeout;

  /**
   * @param timeout of one program, which does not wait for what it begins
   */
  ApiPodExec(KubernetesClient client, Duration timeout) {
    this.client = client;
    this.timeout = timeout;
  }

  @Override
  public Answer run(Target target, List<String> program) throws IOException {
    String request = "exec in pod %s/%s".formatted(target.namespace(), target.pod());
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try (ExecWatch watch =
        client
            .pods()
            .inNamespace(target.namespace())
            .withName(target.pod())
            .inContainer(target.container())
            .withReadyWaitTimeout(0)
            .writingOutput(output)
            .writingError(output)
            .exec(program.toArray(String[]::new))) {
      int code = watch.exitCode().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(code, output.toString(UTF_8));
    } catch (KubernetesClientException e) {
      throw ApiServer.failure(request, e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KubernetesClientException cause
          ? ApiServer.failure(request, cause)
          : new OutsideException("MIG-151 Kubernetes broke off '%s'.".formatted(request), e);
    } catch (TimeoutException e) {
      throw new OutsideException(
          "MIG-151 Kubernetes did not end '%s' within %s.".formatted(request, timeout), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
