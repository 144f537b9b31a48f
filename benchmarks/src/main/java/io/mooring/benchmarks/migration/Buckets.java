package io.mooring.benchmarks.migration;

import io.mooring.s3server.S3Server;
import io.mooring.storage.backup.store.ObjectStore;
import io.mooring.storage.backup.store.Pause;
import io.mooring.storage.backup.store.RetryPolicy;
import io.mooring.storage.backup.store.RetryingStore;
import io.mooring.storage.s3.S3Credentials;
import io.mooring.storage.s3.S3Location;
import io.mooring.storage.s3.S3ObjectStore;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Buckets of the server that the benchmark has started. */
final class Buckets {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private Buckets() {}

  static S3ObjectStore connect(URI endpoint, String bucket) throws IOException {
    return S3ObjectStore.connect(
        new S3Location(endpoint, "us-east-1", bucket, ""),
        new S3Credentials(S3Server.ACCESS_KEY, S3Server.SECRET_KEY),
        TIMEOUT);
  }

  static ObjectStore retrying(S3ObjectStore store) {
    return new RetryingStore(store, RetryPolicy.DEFAULT, Pause.SLEEP, new SecureRandom());
  }

  static void empty(S3ObjectStore store) throws IOException {
    List<String> names = new ArrayList<>();
    store.list("", object -> names.add(object.name()));
    for (String name : names) {
      store.delete(name);
    }
  }
}
