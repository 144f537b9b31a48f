package io.mooring.schemas;

import org.apache.avro.specific.SpecificRecord;

/** Outcome of reading a record's value from bytes. */
public sealed interface Decoded<T extends SpecificRecord> {

  /** A value. */
  record Value<T extends SpecificRecord>(T value) implements Decoded<T> {}

  /** The key was deleted; occurs on state topics only. */
  record Tombstone<T extends SpecificRecord>() implements Decoded<T> {}

  /** No retry will make this readable: it belongs to the dead letters. */
  record Poison<T extends SpecificRecord>(String code, String reason) implements Decoded<T> {}
}
