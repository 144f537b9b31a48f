package io.mooring.migrator.config;

import io.mooring.storage.backup.format.Codec;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** All settings of the migrator. */
@ConfigMapping(prefix = "mooring.migrator")
public interface MigratorConfig {

  /** Name of this instance in the source of its events; set it where several instances run. */
  @WithDefault("migrator")
  String instance();

  /**
   * File with the secret of this side: who asks it, as the other side of a pair, to restore, to
   * stop or to start applications, or to end a restore, must show it. Without one everybody may.
   */
  Optional<Path> pairTokenFile();

  Registry registry();

  VolumeManager volumeManager();

  Store store();

  Transfer transfer();

  Application application();

  KubernetesResources kubernetes();

  /** The schema registry. */
  interface Registry {
    URI url();

    /** Switch off where schemas are registered by the release. */
    @WithDefault("true")
    boolean autoRegister();
  }

  /** The service that owns the volumes. */
  interface VolumeManager {
    URI url();

    /** Of a whole request; a command waits there for its decision. */
    @WithDefault("30s")
    Duration timeout();
  }

  /** Where backups are. Both sides of a pair name the same place. */
  interface Store {
    URI endpoint();

    /** Any word, for stores that have none. */
    @WithDefault("us-east-1")
    String region();

    /** Must exist. */
    String bucket();

    /** Before the names of all objects; empty, or ending with a slash. */
    Optional<String> prefix();

    String accessKey();

    String secretKey();

    /**
     * File with the passphrase of the repository. Without it a new repository is not encrypted; an
     * existing one is opened as it was made, or not at all (I9).
     */
    Optional<Path> passphraseFile();

    /** How long it may be silent in one request; moving content may take longer. */
    @WithDefault("60s")
    Duration timeout();

    /** How long a request that met an outage is repeated before its task has failed. */
    @WithDefault("2m")
    Duration patience();
  }

  /** How volumes are moved. */
  interface Transfer {
    /** Tasks that this instance works on at a time; {@link HeapBudget} tells what they take. */
    @WithDefault("2")
    int tasksMax();

    /** Regions of a volume that are read and packs that are sent at the same time. */
    @WithDefault("4")
    int workers();

    /** Limit for each task, to and from the object store; 0 for none. */
    @WithDefault("0")
    long bytesPerSecond();

    /** Of what is sent from now on; whatever it is, what the store holds can be read. */
    @WithDefault("zstd")
    Codec compression();

    /** Of a request to an NBD export. */
    @WithDefault("60s")
    Duration nbdTimeout();

    /** How long an agent may take to hear of a change, and a set of snapshots to be taken. */
    @WithDefault("60s")
    Duration patience();

    /** How often progress is told. */
    @WithDefault("2s")
    Duration reportEvery();
  }

  /** Who keeps the objects that describe the application. */
  interface Application {
    /** Its REST API; without it, and without Kubernetes, only volumes are moved. */
    Optional<URI> url();

    /** A Kubernetes cluster that keeps them, instead of a REST API. */
    Kubernetes kubernetes();

    /** How long its pods may take to start or to stop in a failover. */
    @WithDefault("10m")
    Duration patience();

    /**
     * Brokers of the Kafka cluster on the volumes; what it has committed is recorded with each
     * backup.
     */
    Optional<String> kafkaBootstrapServers();

    /** Whether somebody keeps objects that can be moved, and pods that can be asked. */
    default boolean isKept() {
      return url().isPresent() || kubernetes().enabled();
    }
  }

  /** A Kubernetes cluster whose objects and pods are an application's. */
  interface Kubernetes {
    @WithDefault("false")
    boolean enabled();

    /** Name of Mooring's CSI driver, if the deployment gave it another. */
    @WithDefault("csi.mooring.io")
    String csiDriver();
  }

  /** Whether cluster pairs, migrations, schedules and rules are also resources of Kubernetes. */
  interface KubernetesResources {
    @WithDefault("false")
    boolean enabled();

    /** Namespace of the lease; that of the pod, if it is not set. */
    Optional<String> namespace();

    /** Pause between two comparisons of the resources with the control topics. */
    @WithDefault("1s")
    Duration compareEvery();

    /** Resources in this namespace may be about all namespaces, others only about their own. */
    @WithDefault("kube-system")
    String adminNamespace();

    /** After this time without news of the leader another instance takes its place. */
    @WithDefault("15s")
    Duration leaseDuration();
  }
}
