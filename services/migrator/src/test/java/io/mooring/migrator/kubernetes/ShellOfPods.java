package io.mooring.migrator.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.http.Response;
import io.fabric8.mockwebserver.http.WebSocket;
import io.fabric8.mockwebserver.http.WebSocketListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs programs as a kubelet would, on this machine. Where scripts look for a place to write to, a
 * pod has a folder of its own.
 */
final class ShellOfPods implements PodExec, AutoCloseable {

  private static final byte OUTPUT = 1;
  private static final byte STATUS = 3;
  private static final int BASES = 4;

  private final Path folder;

  ShellOfPods(Path folder) {
    this.folder = folder;
  }

  Path folderOf(String pod) {
    try {
      return Files.createDirectories(folder.resolve(pod));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Answer run(Target target, List<String> program) throws IOException {
    List<String> here = new ArrayList<>(program);
    here.set(BASES, folderOf(target.pod()).toString());
    Process process = new ProcessBuilder(here).redirectErrorStream(true).start();
    process.getOutputStream().close();
    try {
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("a script does not end");
      }
      return new Answer(process.exitValue(), output);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** The protocol of exec: streams are told by the first byte of a message. */
  MockResponse answer(RecordedRequest request) {
    String[] parts = request.getPath().split("\\?", 2);
    String pod = parts[0].replaceFirst("/exec$", "").replaceFirst(".*/", "");
    List<String> program = FakeCluster.parameters(parts[1], "command");
    Target target = new Target("", pod, FakeCluster.parameters(parts[1], "container").getFirst());
    return new MockResponse()
        .addHeader("Sec-WebSocket-Protocol", "v4.channel.k8s.io")
        .withWebSocketUpgrade(
            new WebSocketListener() {
              @Override
              public void onOpen(WebSocket socket, Response response) {
                Thread.ofVirtual().start(() -> serve(socket, target, program));
              }
            });
  }

  private void serve(WebSocket socket, Target target, List<String> program) {
    try {
      Answer answer = run(target, program);
      socket.send(message(OUTPUT, answer.output()));
      socket.send(
          message(
              STATUS,
              answer.exitCode() == 0
                  ? "{\"status\":\"Success\"}"
                  : "{\"status\":\"Failure\",\"reason\":\"NonZeroExitCode\",\"details\":{\"causes\":[{\"reason\":\"ExitCode\",\"message\":\"%d\"}]}}"
                      .formatted(answer.exitCode())));
      socket.close(1000, "done");
    } catch (IOException e) {
      socket.close(1011, String.valueOf(e.getMessage()));
    }
  }

  private static byte[] message(byte channel, String text) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.write(channel);
    message.writeBytes(text.getBytes(UTF_8));
    return message.toByteArray();
  }

  /** Ends whatever a broken test has left: its folder is gone then, and commands look for it. */
  @Override
  public void close() {
    try (var all = Files.walk(folder)) {
      all.filter(path -> path.getFileName().toString().equals("worker"))
          .forEach(ShellOfPods::killGroup);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void killGroup(Path worker) {
    try {
      if (Files.exists(worker.resolveSibling("exit"))) {
        return;
      }
      long id = Long.parseLong(Files.readString(worker).split(" ")[0]);
      ProcessHandle.of(id)
          .ifPresent(process -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
          });
    } catch (IOException | NumberFormatException e) {
      throw new IllegalStateException("cannot tell who runs " + worker, e);
    }
  }
}
