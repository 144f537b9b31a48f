package io.mooring.volumeagent.staging;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooring.volumeagent.state.DurableFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** One small file per staged volume in the state directory. */
final class StagingJournal {

  private static final Logger LOG = Logger.getLogger(StagingJournal.class);
  private static final String SUFFIX = ".staged";

  private final Path directory;

  StagingJournal(Path directory) {
    this.directory = directory;
  }

  void write(StagingRecord record) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Writer writer = new OutputStreamWriter(bytes, UTF_8)) {
      record.toProperties().store(writer, null);
    }
    file(record.volumeId()).write(bytes.toByteArray());
  }

  void delete(String volumeId) throws IOException {
    file(volumeId).delete();
  }

  /** All records; a damaged one is named in the log and left for a person to look at. */
  List<StagingRecord> read() throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    List<StagingRecord> records = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(path -> path.toString().endsWith(SUFFIX)).sorted().toList()) {
        read(file).ifPresent(records::add);
      }
    }
    return records;
  }

  private static Optional<StagingRecord> read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Properties properties = new Properties();
    try {
      properties.load(new InputStreamReader(new ByteArrayInputStream(bytes), UTF_8));
      return Optional.of(StagingRecord.of(properties));
    } catch (IllegalArgumentException e) {
      LOG.errorf("A staging record is damaged and is ignored. file=%s cause=%s", file, e);
      return Optional.empty();
    }
  }

  private DurableFile file(String volumeId) {
    return new DurableFile(directory.resolve(volumeId + SUFFIX));
  }
}
