package io.mooring.storage.s3;

/** An access key; the secret is never printed. */
public record S3Credentials(String accessKey, String secretKey) {

  @Override
  public String toString() {
    return "S3Credentials[accessKey=" + accessKey + "]";
  }
}
