package io.mooring.migrator.rest;

import io.mooring.migrator.config.MigratorConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lets in who shows the secret of this side, if it has one. */
@ApplicationScoped
public class PairGuard {

  private static final String SCHEME = "Bearer ";

  private final Optional<Path> file;

  PairGuard(MigratorConfig config) {
    this.file = config.pairTokenFile();
  }

  /**
   * @param authorization header of the request
   */
  void check(@Nullable String authorization) throws IOException {
    if (file.isEmpty()) {
      return;
    }
    // Read each time, so that a secret that was changed counts at once.
    byte[] wanted = Files.readString(file.get()).strip().getBytes(StandardCharsets.UTF_8);
    String shown =
        authorization != null && authorization.startsWith(SCHEME)
            ? authorization.substring(SCHEME.length()).strip()
            : "";
    if (wanted.length == 0
        || !MessageDigest.isEqual(wanted, shown.getBytes(StandardCharsets.UTF_8))) {
      throw new Problem(
              "MIG-122",
              "The request was refused.",
              shown.isEmpty()
                  ? "This side demands a token, and none was shown."
                  : "This side demands a token, and another one was shown.",
              "Give the pair, or the command, the token that this side's pair-token-file has.")
          .as(Response.Status.UNAUTHORIZED);
    }
  }
}
