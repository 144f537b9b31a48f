package io.mooring.failoverdetector.retention;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which pod a broker is: by its host, {@code pod.service.namespace...}, as behind a headless
 * service; or as configured, where hosts are addresses.
 *
 * @param pattern name of the pods, in which {@code {id}} stands for the broker's id
 * @param namespace their namespace
 */
public record PodNames(Optional<String> pattern, Optional<String> namespace) {

  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");
  private static final int NAMESPACE = 2;

  /** Empty if it is not known. */
  String pod(int broker, String host) {
    return pattern
        .map(text -> text.replace("{id}", Integer.toString(broker)))
        .orElseGet(() -> part(host, 0));
  }

  /** Empty if it is not known. */
  String namespace(String host) {
    return namespace.orElseGet(() -> part(host, NAMESPACE));
  }

  private static String part(String host, int index) {
    String[] parts = host.split("\\.");
    return ADDRESS.matcher(host).matches() || parts.length <= NAMESPACE ? "" : parts[index];
  }
}
