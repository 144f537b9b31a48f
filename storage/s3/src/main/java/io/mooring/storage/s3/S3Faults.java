package io.mooring.storage.s3;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import java.io.IOException;
import java.io.InterruptedIOException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/** Tells the faults behind S3's answers apart. */
final class S3Faults {

  private S3Faults() {}

  static BackupException explain(S3Location location, String what, SdkException e) {
    return new BackupException(
        faultOf(e),
        "%s in bucket '%s' at %s: %s."
            .formatted(what, location.bucket(), location.endpoint(), e.getMessage()),
        e);
  }

  private static Fault faultOf(SdkException e) {
    if (e instanceof AwsServiceException answer) {
      return faultOf(answer);
    }
    if (e instanceof AbortedException) {
      return Fault.CANCELLED;
    }
    if (e instanceof ApiCallAttemptTimeoutException
        || e instanceof ApiCallTimeoutException
        || hasCause(e, InterruptedIOException.class)) {
      return Fault.STORE_TIMEOUT;
    }
    // No connection, or one that broke: the request may have been done or not.
    return hasCause(e, IOException.class) ? Fault.STORE_UNAVAILABLE : Fault.STORE_REFUSED;
  }

  private static Fault faultOf(AwsServiceException answer) {
    String code = answer.awsErrorDetails() == null ? "" : answer.awsErrorDetails().errorCode();
    return switch (code == null ? "" : code) {
      case "NoSuchKey" -> Fault.OBJECT_MISSING;
      case "NoSuchBucket" -> Fault.NO_BUCKET;
      case "InvalidRange" -> Fault.OBJECT_TRUNCATED;
      case "InsufficientStorage",
          "QuotaExceeded",
          "XMinioStorageFull",
          "EntityTooLarge",
          "ServiceQuotaExceededException" ->
          Fault.STORE_FULL;
      case "AccessDenied",
          "InvalidAccessKeyId",
          "SignatureDoesNotMatch",
          "ExpiredToken",
          "InvalidToken" ->
          Fault.DENIED;
      case "SlowDown", "RequestTimeout", "InternalError", "ConditionalRequestConflict" ->
          Fault.STORE_UNAVAILABLE;
      default -> faultOf(answer.statusCode());
    };
  }

  private static Fault faultOf(int status) {
    return switch (status) {
      case 401, 403 -> Fault.DENIED;
      case 404 -> Fault.OBJECT_MISSING;
      case 408 -> Fault.STORE_TIMEOUT;
      case 416 -> Fault.OBJECT_TRUNCATED;
      case 429 -> Fault.STORE_UNAVAILABLE;
      case 507 -> Fault.STORE_FULL;
      default -> status >= 500 ? Fault.STORE_UNAVAILABLE : Fault.STORE_REFUSED;
    };
  }

  private static boolean hasCause(Throwable e, Class<? extends Throwable> type) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }
}
