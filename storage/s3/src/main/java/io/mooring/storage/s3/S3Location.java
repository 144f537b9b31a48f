package io.mooring.storage.s3;

import java.net.URI;

/**
 * Where a repository is.
 *
 * @param endpoint of the service
 * @param region any word, for stores that have none
 * @param bucket must exist
 * @param prefix of all objects, empty or ending with a slash
 */
public record S3Location(URI endpoint, String region, String bucket, String prefix) {

  public S3Location {
    if (!prefix.isEmpty() && !prefix.endsWith("/")) {
      throw new IllegalArgumentException("the prefix '" + prefix + "' does not end with a slash");
    }
  }
}
