package io.mooring.migrator.work;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.migrator.kafka.KafkaCut;
import io.mooring.migrator.outside.ApplicationObjects.ApplicationObject;
import io.mooring.storage.backup.BackupRequest.ApplicationContent;
import io.mooring.storage.backup.Repository;
import io.mooring.storage.backup.format.RootObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a backup says besides its volumes: {@code mooring/contents} describes them, so that they can
 * be made again anywhere, and {@code objects/NUMBER/KIND/NAMESPACE/NAME} are the application's.
 *
 * @param snapshotSet that was read
 * @param takenAt the moment that all of it shows
 * @param kafka what the Kafka cluster on these volumes had committed before
 */
public record Contents(
    String snapshotSet,
    String takenAt,
    List<Volume> volumes,
    List<ApplicationObject> objects,
    Optional<KafkaCut> kafka) {

  private static final String DESCRIPTION = "mooring/contents";
  private static final String KAFKA = "mooring/kafka-cut";
  private static final String OBJECTS = "objects/";
  private static final int NAME_PARTS = 5;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A volume as it was on the source. */
  public record Volume(
      String id,
      String name,
      String snapshotId,
      long sizeBytes,
      Map<String, String> parameters,
      List<String> nodes) {}

  private record Description(String snapshotSet, String takenAt, List<Volume> volumes) {}

  /** As objects of a backup. */
  List<ApplicationContent> written() throws IOException {
    List<ApplicationContent> contents = new ArrayList<>();
    contents.add(
        new ApplicationContent(
            DESCRIPTION, JSON.writeValueAsBytes(new Description(snapshotSet, takenAt, volumes))));
    if (kafka.isPresent()) {
      contents.add(written(kafka.get()));
    }
    for (ApplicationObject object : objects) {
      contents.add(
          new ApplicationContent(
              "%s%04d/%s/%s/%s"
                  .formatted(
                      OBJECTS, contents.size(), object.kind(), object.namespace(), object.name()),
              object.manifest().getBytes(StandardCharsets.UTF_8)));
    }
    return contents;
  }

  static ApplicationContent written(KafkaCut cut) throws IOException {
    return new ApplicationContent(KAFKA, JSON.writeValueAsBytes(cut));
  }

  /** What a backup, or a part of one, says that Kafka had committed. */
  static Optional<KafkaCut> kafka(Repository repository, RootObject.Complete root)
      throws IOException {
    for (RootObject.ApplicationObject object : root.objects()) {
      if (object.name().equals(KAFKA)) {
        return Optional.of(JSON.readValue(repository.content(object), KafkaCut.class));
      }
    }
    return Optional.empty();
  }

  /**
   * Reads them back.
   *
   * @throws WorkRefusedException if it is no backup of a migrator's
   */
  public static Contents of(Repository repository, RootObject.Complete root)
      throws IOException, WorkRefusedException {
    Description description = null;
    List<ApplicationObject> objects = new ArrayList<>();
    for (RootObject.ApplicationObject object : root.objects()) {
      if (object.name().equals(DESCRIPTION)) {
        description =
            JSON.readValue(repository.content(object), new TypeReference<Description>() {});
      } else if (object.name().startsWith(OBJECTS)) {
        objects.add(object(object.name(), repository.content(object)));
      }
    }
    if (description == null) {
      throw new WorkRefusedException(
          "MIG-060 A backup cannot be restored as a whole. It does not describe its volumes, so it"
              + " was not made by a migrator. Restore its volumes one by one.");
    }
    return new Contents(
        description.snapshotSet(),
        description.takenAt(),
        description.volumes(),
        objects,
        kafka(repository, root));
  }

  private static ApplicationObject object(String name, byte[] content) throws IOException {
    String[] parts = name.split("/", NAME_PARTS);
    if (parts.length != NAME_PARTS) {
      throw new IOException("'%s' is no name of an object".formatted(name));
    }
    return new ApplicationObject(
        parts[2], parts[3], parts[4], new String(content, StandardCharsets.UTF_8));
  }

  /** What a root calls the moment. */
  String cut() {
    return (snapshotSet + " " + takenAt).strip();
  }
}
