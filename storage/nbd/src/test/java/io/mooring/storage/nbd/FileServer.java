package io.mooring.storage.nbd;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Serves one file as the default export until it is killed: {@code FileServer FILE ADDRESS…}. */
final class FileServer {

  private FileServer() {}

  public static void main(String[] args) throws Exception {
    if (args.length < 2) {
      System.err.println("usage: FileServer FILE (PORT | SOCKET-PATH)…");
      System.exit(2);
    }
    NbdServer server = new NbdServer(NbdServerLimits.defaults(), new ConsoleObserver());
    server.publish(new NbdExport("", args[0], new FileDevice(Path.of(args[0])), false));
    for (int i = 1; i < args.length; i++) {
      System.out.println("listening on " + server.listen(address(args[i])));
    }
    new CountDownLatch(1).await();
  }

  private static SocketAddress address(String text) {
    return text.startsWith("/")
        ? UnixDomainSocketAddress.of(text)
        : new InetSocketAddress("127.0.0.1", Integer.parseInt(text));
  }

  /** Says who comes and goes. */
  private static final class ConsoleObserver implements NbdServerObserver {
    @Override
    public void disconnected(
        String client,
        @Nullable String export,
        DisconnectReason reason,
        @Nullable Throwable cause) {
      if (reason != DisconnectReason.CLIENT_LEFT) {
        System.err.println(client + ": " + reason.code() + " " + reason.explanation());
        if (cause != null) {
          cause.printStackTrace();
        }
      }
    }
  }
}
