package io.mooring.volumeagent.state;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.jboss.logging.Logger;

/**
 * What was last heard on a control topic, kept for starts without the control plane. The schema is
 * in the file, so an upgraded agent can read what its predecessor wrote.
 */
public final class RecordFile<T extends SpecificRecord> {

  private static final Logger LOG = Logger.getLogger(RecordFile.class);

  private final DurableFile file;
  private final Class<T> type;

  public RecordFile(Path path, Class<T> type) {
    this.file = new DurableFile(path);
    this.type = type;
  }

  /** Replaces the contents durably. */
  public void write(Collection<T> records) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataFileWriter<T> writer = new DataFileWriter<>(new SpecificDatumWriter<>(type))) {
      writer.create(SpecificData.get().getSchema(type), bytes);
      for (T record : records) {
        writer.append(record);
      }
    }
    file.write(bytes.toByteArray());
  }

  /**
   * What was written last; empty if nothing was, or if it cannot be read: it is a copy, the topic
   * has it too.
   */
  public List<T> read() throws IOException {
    byte[] bytes = file.read().orElse(null);
    if (bytes == null) {
      return List.of();
    }
    List<T> records = new ArrayList<>();
    try (DataFileReader<T> reader =
        new DataFileReader<>(new SeekableByteArrayInput(bytes), new SpecificDatumReader<>(type))) {
      reader.forEach(records::add);
      return records;
    } catch (IOException | AvroRuntimeException e) {
      LOG.errorf(
          "A file of the state directory is damaged and is ignored. file=%s cause=%s", file, e);
      return List.of();
    }
  }

  public void delete() throws IOException {
    file.delete();
  }
}
