package io.mooring.volumemanager.csi;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.mooring.volumemanager.catalogue.NotReadyException;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Answers a call with a value or with a status; a caller never waits for nothing. */
final class Call {

  private static final Logger LOG = Logger.getLogger(Call.class);

  private Call() {}

  static <T> void answer(StreamObserver<T> observer, Supplier<T> work) {
    T result;
    try {
      result = work.get();
    } catch (StatusRuntimeException e) {
      observer.onError(e);
      return;
    } catch (NotReadyException e) {
      observer.onError(
          Status.UNAVAILABLE.withDescription("VOL-093 " + e.getMessage()).asRuntimeException());
      return;
    } catch (RuntimeException e) {
      // The boundary of a call: a bug in one must not leave its caller waiting.
      LOG.error("A CSI call failed", e);
      observer.onError(
          Status.INTERNAL.withDescription(String.valueOf(e.getMessage())).asRuntimeException());
      return;
    }
    observer.onNext(result);
    observer.onCompleted();
  }
}
