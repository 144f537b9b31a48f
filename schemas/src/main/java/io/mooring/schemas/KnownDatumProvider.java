package io.mooring.schemas;

import io.apicurio.registry.serde.avro.AvroDatumProvider;
import io.apicurio.registry.serde.avro.AvroSerdeConfig;
import io.apicurio.registry.serde.avro.DefaultAvroDatumProvider;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;

/**
 * Apicurio's readers and writers, found by the schema itself. Apicurio finds them by a fingerprint,
 * for which it writes the whole schema out as text, for each record that is read or written: most
 * of what a serde costs.
 */
public final class KnownDatumProvider<T> implements AvroDatumProvider<T> {

  private final DefaultAvroDatumProvider<T> maker = new DefaultAvroDatumProvider<>();

  /** Topics have few schemas, so nothing is ever forgotten. */
  private final Map<Schema, DatumReader<T>> readers = new ConcurrentHashMap<>();

  private final Map<Schema, DatumWriter<T>> writers = new ConcurrentHashMap<>();

  @Override
  public void configure(AvroSerdeConfig config) {
    maker.configure(config);
  }

  /** All data are specific records, so the schema alone says how they are written. */
  @Override
  public DatumWriter<T> createDatumWriter(T data, Schema schema) {
    return writers.computeIfAbsent(schema, known -> maker.createDatumWriter(data, known));
  }

  @Override
  public DatumReader<T> createDatumReader(Schema schema) {
    return readers.computeIfAbsent(schema, maker::createDatumReader);
  }

  @Override
  public Schema toSchema(T data) {
    return maker.toSchema(data);
  }
}
