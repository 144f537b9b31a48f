package io.mooring.migrator.config;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Checks the configuration as a whole. */
public final class ConfigCheck {

  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration SHORT = Duration.ofMillis(100);

  /** Below, the pauses between two renewals of a lease are shorter than a slow answer. */
  private static final Duration LEASE_MIN = Duration.ofSeconds(3);

  private static final int TASKS_MAX = 64;

  private final List<String> problems = new ArrayList<>();

  private ConfigCheck() {}

  /**
   * @throws InvalidConfigException with every problem that was found
   */
  public static void check(MigratorConfig config) {
    check(config, Runtime.getRuntime().maxMemory());
  }

  static void check(MigratorConfig config, long heapBytes) {
    ConfigCheck check = new ConfigCheck();
    check.instance(config.instance());
    check.url("registry.url", config.registry().url());
    check.url("volume-manager.url", config.volumeManager().url());
    check.url("store.endpoint", config.store().endpoint());
    config.application().url().ifPresent(url -> check.url("application.url", url));
    check.orchestrator(config.application());
    check.between("volume-manager.timeout", config.volumeManager().timeout());
    check.between("store.timeout", config.store().timeout());
    check.between("application.patience", config.application().patience());
    check.between("store.patience", config.store().patience());
    check.between("transfer.nbd-timeout", config.transfer().nbdTimeout());
    check.between("transfer.patience", config.transfer().patience());
    check.between("transfer.report-every", config.transfer().reportEvery());
    check.between("kubernetes.lease-duration", config.kubernetes().leaseDuration(), LEASE_MIN);
    check.between("kubernetes.compare-every", config.kubernetes().compareEvery());
    check.counts(config.transfer(), heapBytes);
    config.store().prefix().ifPresent(check::prefix);
    config.store().passphraseFile().ifPresent(check::passphrase);
    config.pairTokenFile().ifPresent(check::pairToken);
    if (!check.problems.isEmpty()) {
      throw new InvalidConfigException(check.problems);
    }
  }

  private void instance(String name) {
    if (!name.matches("[A-Za-z0-9._:-]{1,100}")) {
      problems.add(
          "CFG-080 mooring.migrator.instance is '%s'. It is part of the source of events."
                  .formatted(name)
              + " Use letters, digits, '.', '_', ':' and '-'.");
    }
  }

  private void url(String key, URI url) {
    if (!url.isAbsolute() || url.getHost() == null || !url.getScheme().matches("https?")) {
      problems.add(
          "CFG-081 mooring.migrator.%s is '%s'. A service is asked there.".formatted(key, url)
              + " Set it to an address such as http://host:8080.");
    }
  }

  private void orchestrator(MigratorConfig.Application application) {
    if (application.kubernetes().enabled() && application.url().isPresent()) {
      problems.add(
          "CFG-089 mooring.migrator.application has a url and kubernetes.enabled. An application is"
              + " kept by one orchestrator. Leave out one of the two.");
    }
  }

  private void between(String key, Duration value) {
    between(key, value, SHORT);
  }

  private void between(String key, Duration value, Duration min) {
    if (value.compareTo(min) < 0 || value.compareTo(DAY) > 0) {
      problems.add(
          "CFG-082 mooring.migrator.%s is %s. Shorter never succeeds, longer forgets its purpose."
                  .formatted(key, value)
              + " Set it from %s to %s.".formatted(min, DAY));
    }
  }

  private void counts(MigratorConfig.Transfer transfer, long heapBytes) {
    if (transfer.tasksMax() < 1
        || transfer.tasksMax() > TASKS_MAX
        || transfer.workers() < 1
        || transfer.workers() > TASKS_MAX
        || transfer.bytesPerSecond() < 0) {
      problems.add(
          "CFG-083 mooring.migrator.transfer has tasks-max %d, workers %d, bytes-per-second %d."
                  .formatted(transfer.tasksMax(), transfer.workers(), transfer.bytesPerSecond())
              + " Nothing would be moved, or memory would not suffice. Set the first two from 1 to"
              + " %d, the last to 0 or more.".formatted(TASKS_MAX));
      return;
    }
    long needed = HeapBudget.of(transfer, heapBytes).neededBytes();
    if (needed > heapBytes) {
      problems.add(
          "CFG-086 mooring.migrator.transfer has tasks-max %d and workers %d, which take %d MiB of"
                  .formatted(transfer.tasksMax(), transfer.workers(), needed >> 20)
              + " heap; this process has %d MiB. Tasks would run out of memory."
                  .formatted(heapBytes >> 20)
              + " Give it more with -Xmx, or lower one of the two.");
    }
  }

  private void prefix(String prefix) {
    if (!prefix.isEmpty() && !prefix.endsWith("/")) {
      problems.add(
          "CFG-084 mooring.migrator.store.prefix is '%s'. It stands before all names."
                  .formatted(prefix)
              + " End it with a slash, or leave it out.");
    }
  }

  private void pairToken(Path file) {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      problems.add(
          "CFG-088 mooring.migrator.pair-token-file '%s' cannot be read.".formatted(file)
              + " Nobody could show the secret in it. Correct the path or its permissions.");
    }
  }

  private void passphrase(Path file) {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      problems.add(
          "CFG-085 mooring.migrator.store.passphrase-file '%s' cannot be read.".formatted(file)
              + " Backups would not be encrypted. Correct the path or its permissions.");
    }
  }
}
