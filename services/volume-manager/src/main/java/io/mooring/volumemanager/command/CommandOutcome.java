package io.mooring.volumemanager.command;

import io.mooring.volumemanager.volume.Rejection;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;

/** What became of a command. */
public sealed interface CommandOutcome {

  /**
   * It is done, or was done already.
   *
   * @param fact what happened
   * @param epoch epoch of the volume afterwards; 0 if it is about none
   */
  record Done(SpecificRecord fact, long epoch, UUID correlationId) implements CommandOutcome {}

  record Rejected(Rejection rejection, UUID correlationId) implements CommandOutcome {}

  /** No answer came in time. It may or may not be done; repeating it under its key is safe. */
  record Unknown(Rejection reason, UUID correlationId) implements CommandOutcome {}
}
