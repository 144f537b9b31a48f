package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import io.mooring.storage.backup.format.Codec;
import io.mooring.storage.backup.format.Limits;
import io.mooring.storage.backup.format.PackId;
import io.mooring.storage.backup.format.RootObject;
import io.mooring.storage.backup.store.ObjectStore;
import io.mooring.storage.backup.store.RetryPolicy;
import io.mooring.storage.backup.store.RetryingStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One seed's story: writers, of which two may work on the same backup, and somebody who deletes and
 * prunes, all dying and coming back in a storm. Whatever is listed as a backup, at any time, must
 * restore exactly.
 */
final class BackupStory {

  private static final int ACTORS = 4;
  private static final String PASSPHRASE = "a secret";
  private static final BackupSettings SETTINGS =
      new BackupSettings(1, Limits.PACK_BYTES_MIN, 1 << 20, Duration.ofHours(6), Codec.ZSTD);
  private static final PruneSettings PRUNE =
      new PruneSettings(Duration.ofMinutes(10), Duration.ofHours(6), Duration.ofDays(30));
  private static final ConcurrentHashMap<String, MemoryVolume> VOLUMES = new ConcurrentHashMap<>();

  private final SplittableRandom seeds;
  private final MemoryStore store = new MemoryStore();
  private final Turnstile turnstile;
  private final Storm storm;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final SharedBlobs shared = new SharedBlobs(1 << 20);
  private int completed;

  /** Restored into again and again, so that they begin with something else. */
  private final Map<Integer, MemoryVolume> targets = new HashMap<>();

  BackupStory(long seed) {
    this.seeds = new SplittableRandom(seed);
    this.turnstile = new Turnstile(ACTORS, seeds.split());
    this.storm = new Storm(store, seeds.split(), turnstile);
  }

  /** Number of backups that came to be; throws whatever went wrong. */
  int run() throws Exception {
    Repository.create(
        store, Optional.of(PASSPHRASE), 1, () -> Instant.EPOCH, new SplittableRandom(1));
    List<Thread> threads = new ArrayList<>();
    for (int actor = 0; actor < ACTORS; actor++) {
      int number = actor;
      SplittableRandom random = seeds.split();
      threads.add(Thread.ofPlatform().start(() -> act(number, random)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    if (failure.get() != null) {
      throw new AssertionError("the story failed", failure.get());
    }
    storm.calm();
    checkBackups();
    checkThatGarbageGoes();
    return completed;
  }

  private void act(int actor, SplittableRandom random) {
    try {
      for (int round = 0; round < 5; round++) {
        if (actor == 0) {
          tidyUp(random);
        } else {
          // Actors 2 and 3 work on the same backups.
          write(actor, Math.min(actor, 2), round, random);
        }
      }
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    } finally {
      turnstile.leave();
    }
  }

  /** A process that writes one backup; when it dies, another takes over. */
  private void write(int actor, int who, int round, SplittableRandom random)
      throws BackupException {
    String name = "backup-" + who + "-" + round;
    for (int attempt = 0; attempt < 20; attempt++) {
      try {
        Repository repository = open(storm.seenBy(actor), random);
        new BackupJob(
                repository,
                request(name, who, round),
                SETTINGS,
                new TransferProgress(),
                sharedBy(actor))
            .run();
        return;
      } catch (Storm.Killed e) {
        // Next attempt.
      } catch (BackupException e) {
        if (e.fault() == Fault.BACKUP_GONE || e.fault() == Fault.NO_BACKUP) {
          return;
        }
        if (!e.fault().isTransient()) {
          throw e;
        }
      }
    }
  }

  /** Actors 1 and 2 share what they send, whatever they write; actor 3 is alone. */
  private SharedBlobs sharedBy(int actor) {
    return actor == 3 ? new SharedBlobs(1 << 20) : shared;
  }

  private void tidyUp(SplittableRandom random) throws BackupException {
    for (int attempt = 0; attempt < 6; attempt++) {
      try {
        Repository repository = open(storm.seenBy(0), random);
        List<String> backups = repository.backups();
        if (!backups.isEmpty() && random.nextInt(3) > 0) {
          repository.delete(backups.get(random.nextInt(backups.size())), "not wanted any more");
        }
        new PruneJob(repository, PRUNE).run();
        checkBackups();
      } catch (Storm.Killed e) {
        checkBackups();
      } catch (BackupException e) {
        if (!e.fault().isTransient() && e.fault() != Fault.NO_BACKUP) {
          throw e;
        }
      }
    }
  }

  private BackupRequest request(String name, int who, int round) {
    List<BackupRequest.Volume> volumes = new ArrayList<>();
    for (int volume = who; volume < who + 2; volume++) {
      Optional<Baseline> baseline =
          round == 0
              ? Optional.empty()
              : Optional.of(
                  new Baseline("backup-" + who + "-" + (round - 1), changes(volume, round)));
      volumes.add(
          new BackupRequest.Volume("v" + volume, "s" + round, sample(volume, round), baseline));
    }
    byte[] manifest = ("manifest of " + name).getBytes();
    return new BackupRequest(
        name,
        "cut-" + round,
        volumes,
        List.of(new BackupRequest.ApplicationContent("manifest", manifest)));
  }

  private static List<ByteRange> changes(int volume, int round) {
    byte[] before = sample(volume, round - 1).content();
    byte[] after = sample(volume, round).content();
    List<ByteRange> changed = new ArrayList<>();
    int step = 1 << 20;
    for (int at = 0; at < after.length; at += step) {
      int end = Math.min(after.length, at + step);
      if (!Arrays.equals(before, at, end, after, at, end)) {
        changed.add(new ByteRange(at, end - at));
      }
    }
    return changed;
  }

  private static MemoryVolume sample(int volume, int snapshot) {
    return VOLUMES.computeIfAbsent(
        volume + "@" + snapshot, key -> MemoryVolume.sample(sizeOf(volume), volume, snapshot));
  }

  /** One volume has two regions. */
  private static int sizeOf(int volume) {
    return (volume == 2 ? 17 << 20 : 3 << 20) + 1234;
  }

  private Repository open(ObjectStore seen, SplittableRandom random) throws BackupException {
    RetryPolicy policy = new RetryPolicy(3, Duration.ZERO, Duration.ZERO, Duration.ofHours(1));
    return Repository.open(
        new RetryingStore(seen, policy, pause -> {}, random),
        Optional.of(PASSPHRASE),
        storm::now,
        random);
  }

  private void checkBackups() throws BackupException {
    Repository repository = open(store, new SplittableRandom(2));
    List<String> backups = repository.backups();
    completed = Math.max(completed, backups.size());
    for (String name : backups) {
      RootObject.Complete root = repository.backup(name);
      for (RootObject.VolumeRoot volume : root.volumes()) {
        int number = Integer.parseInt(volume.name().substring(1));
        MemoryVolume target =
            targets.computeIfAbsent(number, any -> new MemoryVolume(sizeOf(number)));
        new RestoreJob(repository, name, volume.name(), target, 1, new TransferProgress()).run();
        int snapshot = Integer.parseInt(volume.snapshot().substring(1));
        if (!target.hasContentOf(sample(number, snapshot))) {
          throw new AssertionError(name + " restores something else as " + volume.name());
        }
      }
    }
  }

  /** With peace and time, nothing is left that no backup needs. */
  private void checkThatGarbageGoes() throws BackupException {
    Repository repository = open(store, new SplittableRandom(3));
    for (int i = 0; i < 3; i++) {
      storm.pass(Duration.ofDays(2));
      new PruneJob(repository, PRUNE).run();
    }
    storm.pass(Duration.ofDays(2));
    PruneReport last = new PruneJob(repository, PRUNE).run();
    if (last.packsListed() + last.packsDeleted() + last.listsWaiting() > 0) {
      throw new AssertionError("a repository at rest is not clean: " + last);
    }
    if (repository.backups().isEmpty()
        && store.objects().keySet().stream().anyMatch(name -> name.startsWith(PackId.prefix()))) {
      throw new AssertionError("packs are left although there is no backup");
    }
    checkBackups();
  }
}
