package io.mooring.kernelnbd;

import io.mooring.storage.linux.KernelNbd;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Drives the kernel's NBD client from the guest's shell: {@code connect|reconfigure|disconnect}.
 */
final class KernelNbdCommand {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CONNECTIONS = 2;
  private static final int INDEX = 0;

  private KernelNbdCommand() {}

  /** Arguments: verb, path of the server's unix socket, export. */
  public static void main(String[] arguments) throws IOException {
    String verb = arguments[0];
    switch (verb) {
      case "connect" -> {
        int index = KernelNbd.connect(Path.of(arguments[1]), arguments[2], CONNECTIONS, PATIENCE);
        System.out.println("connected " + KernelNbd.device(index));
      }
      case "reconfigure" -> {
        KernelNbd.reconfigure(INDEX, Path.of(arguments[1]), arguments[2], CONNECTIONS, PATIENCE);
        System.out.println("reconfigured " + KernelNbd.device(INDEX));
      }
      case "disconnect" -> {
        KernelNbd.disconnect(INDEX);
        System.out.println("disconnected " + KernelNbd.device(INDEX));
      }
      default -> throw new IllegalArgumentException("unknown verb " + verb);
    }
  }
}
