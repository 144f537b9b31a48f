package io.mooring.storage.s3;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import io.mooring.storage.backup.format.Limits;
import io.mooring.storage.backup.store.ObjectStore;
import io.mooring.storage.backup.store.StoredObject;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * A bucket. Asks each question once: repeating is {@link
 * io.mooring.storage.backup.store.RetryingStore}'s, which knows what may be repeated.
 */
public final class S3ObjectStore implements ObjectStore, AutoCloseable {

  private static final int PRECONDITION_FAILED = 412;

  /** On a slower path the time-out must make up for it; see {@link #limitOf}. */
  private static final int SLOWEST_BYTES_PER_SECOND = 1 << 20;

  private final S3Client client;
  private final S3Location location;
  private final Duration timeout;
  private final int slowestBytesPerSecond;

  private interface Call<T> {
    T run();
  }

  private S3ObjectStore(
      S3Client client, S3Location location, Duration timeout, int slowestBytesPerSecond) {
    this.client = client;
    this.location = location;
    this.timeout = timeout;
    this.slowestBytesPerSecond = slowestBytesPerSecond;
  }

  /**
   * Prepares a connection; the first request makes it.
   *
   * @param timeout how long the store may be silent; a request that moves content has a second more
   *     for each MiB of it
   */
  public static S3ObjectStore connect(
      S3Location location, S3Credentials credentials, Duration timeout) {
    return connect(location, credentials, timeout, SLOWEST_BYTES_PER_SECOND);
  }

  static S3ObjectStore connect(
      S3Location location, S3Credentials credentials, Duration timeout, int slowestBytesPerSecond) {
    return new S3ObjectStore(
        S3Client.builder()
            .endpointOverride(location.endpoint())
            .region(Region.of(location.region()))
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(credentials.accessKey(), credentials.secretKey())))
            .forcePathStyle(true)
            .httpClientBuilder(
                UrlConnectionHttpClient.builder().connectionTimeout(timeout).socketTimeout(timeout))
            .overrideConfiguration(
                settings -> settings.retryStrategy(retry -> retry.maxAttempts(1)))
            .build(),
        location,
        timeout,
        slowestBytesPerSecond);
  }

  @Override
  public void put(String name, ByteBuffer content) throws BackupException {
    call("PUT " + name, () -> client.putObject(putOf(name, content).build(), bodyOf(content)));
  }

  @Override
  public boolean putIfAbsent(String name, ByteBuffer content) throws BackupException {
    try {
      call(
          "PUT " + name,
          () -> client.putObject(putOf(name, content).ifNoneMatch("*").build(), bodyOf(content)));
      return true;
    } catch (BackupException e) {
      if (e.getCause() instanceof AwsServiceException answer
          && answer.statusCode() == PRECONDITION_FAILED) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public byte[] get(String name) throws BackupException {
    GetObjectRequest request =
        GetObjectRequest.builder()
            .bucket(location.bucket())
            .key(keyOf(name))
            .overrideConfiguration(limitOf(Limits.PACK_BYTES_MAX))
            .build();
    return call("GET " + name, () -> client.getObjectAsBytes(request).asByteArrayUnsafe());
  }

  @Override
  public byte[] getRange(String name, long offset, int lengthBytes) throws BackupException {
    GetObjectRequest request =
        GetObjectRequest.builder()
            .bucket(location.bucket())
            .key(keyOf(name))
            .range("bytes=%d-%d".formatted(offset, offset + lengthBytes - 1))
            .overrideConfiguration(limitOf(lengthBytes))
            .build();
    byte[] content =
        call("GET " + name, () -> client.getObjectAsBytes(request).asByteArrayUnsafe());
    if (content.length < lengthBytes) {
      throw new BackupException(
          Fault.OBJECT_TRUNCATED, "%s has no %d bytes at %d.".formatted(name, lengthBytes, offset));
    }
    return content;
  }

  @Override
  public void list(String prefix, Consumer<StoredObject> each) throws BackupException {
    ListObjectsV2Request request =
        ListObjectsV2Request.builder().bucket(location.bucket()).prefix(keyOf(prefix)).build();
    call(
        "LIST " + prefix,
        () -> {
          client.listObjectsV2Paginator(request).contents().stream()
              .map(object ->
                  new StoredObject(
                      object.key().substring(location.prefix().length()), object.size()))
              .forEach(each);
          return true;
        });
  }

  @Override
  public void delete(String name) throws BackupException {
    call(
        "DELETE " + name,
        () -> client.deleteObject(request -> request.bucket(location.bucket()).key(keyOf(name))));
  }

  @Override
  public void close() {
    client.close();
  }

  private String keyOf(String name) {
    return location.prefix() + name;
  }

  private PutObjectRequest.Builder putOf(String name, ByteBuffer content) {
    return PutObjectRequest.builder()
        .bucket(location.bucket())
        .key(keyOf(name))
        .overrideConfiguration(limitOf(content.remaining()));
  }

  /**
   * How long a request that moves content may take altogether. Without it a store that takes
   * nothing more would keep a writer for ever: sockets time out in reading only.
   */
  private AwsRequestOverrideConfiguration limitOf(long bytes) {
    Duration moving = Duration.ofMillis(bytes * 1000 / slowestBytesPerSecond);
    return AwsRequestOverrideConfiguration.builder()
        .apiCallAttemptTimeout(timeout.plus(moving))
        .build();
  }

  /** Sends the buffer as it is: the SDK's own way copies it. */
  private static RequestBody bodyOf(ByteBuffer content) {
    int length = content.remaining();
    return RequestBody.fromContentProvider(
        ContentStreamProvider.fromInputStreamSupplier(() -> streamOf(content)),
        length,
        "application/octet-stream");
  }

  private static InputStream streamOf(ByteBuffer content) {
    if (content.hasArray()) {
      int from = content.arrayOffset() + content.position();
      return new ByteArrayInputStream(content.array(), from, content.remaining());
    }
    byte[] bytes = new byte[content.remaining()];
    content.duplicate().get(bytes);
    return new ByteArrayInputStream(bytes);
  }

  private <T> T call(String what, Call<T> call) throws BackupException {
    try {
      return call.run();
    } catch (SdkException e) {
      throw S3Faults.explain(location, what, e);
    }
  }
}
