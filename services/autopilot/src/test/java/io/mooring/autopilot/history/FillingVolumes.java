package io.mooring.autopilot.history;

import io.mooring.autopilot.ControlTopicDriver;
import io.mooring.autopilot.stream.Samples;
import io.mooring.schemas.CommandRejected;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.ExpandVolume;
import io.mooring.schemas.VolumeCommand;
import io.mooring.schemas.VolumeEvent;
import io.mooring.schemas.VolumeExpanded;
import io.mooring.schemas.VolumeResized;
import io.mooring.testsupport.TopicLog;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/**
 * Volumes that fill and are measured, with a volume-manager that refuses the first resize of each
 * second volume and carries out the others a tick late.
 */
final class FillingVolumes {

  private static final long MIB = 1L << 20;

  private static final class Disk {
    private final long step;
    private long sizeBytes = 100 * MIB;
    private long usedBytes = 60 * MIB;
    private long orderedBytes;

    Disk(long step) {
      this.step = step;
    }
  }

  private final ControlTopicDriver topics;
  private final TopicLog<VolumeCommand> commands;
  private final Map<String, Disk> disks = new TreeMap<>();
  private final Set<String> answered = new HashSet<>();
  private final Set<String> refused = new HashSet<>();
  private int resizes;

  FillingVolumes(ControlTopicDriver topics, TopicLog<VolumeCommand> commands, int count) {
    this.topics = topics;
    this.commands = commands;
    for (int i = 0; i < count; i++) {
      Disk disk = new Disk(MIB * (1 + i));
      disks.put("past-" + i, disk);
      describe("past-" + i, disk);
    }
  }

  /** Measures every volume, then answers every command that came. */
  void tick() {
    disks.forEach((id, disk) -> {
      disk.usedBytes = Math.min(disk.usedBytes + disk.step, disk.sizeBytes);
      Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
      topics.send(
          ControlTopic.VOLUME_USAGE, id, Samples.usage(id, now, disk.sizeBytes, disk.usedBytes));
    });
    disks.forEach(this::carryOut);
    for (var entry : commands.entries()) {
      Disk disk = disks.get(entry.key());
      if (disk != null && answered.add(entry.value().getIdempotencyKey())) {
        answer(entry.key(), disk, entry.value());
      }
    }
  }

  private void answer(String id, Disk disk, VolumeCommand command) {
    if (disk.step % (2 * MIB) == 0 && refused.add(id)) {
      event(
          id,
          new CommandRejected(command.getIdempotencyKey(), "VOL-034", "no room", "full", "wait"));
    } else {
      disk.orderedBytes = ((ExpandVolume) command.getDetail()).getSizeBytes();
    }
  }

  private void carryOut(String id, Disk disk) {
    if (disk.orderedBytes > disk.sizeBytes) {
      long before = disk.sizeBytes;
      disk.sizeBytes = disk.orderedBytes;
      resizes++;
      describe(id, disk);
      event(id, new VolumeExpanded(disk.sizeBytes, before));
      if (disk.step % (3 * MIB) == 0) {
        event(id, new VolumeResized(disk.sizeBytes, disk.sizeBytes));
      }
    }
  }

  private void describe(String id, Disk disk) {
    topics.send(
        ControlTopic.VOLUMES, id, Samples.volume(id, id, disk.sizeBytes, Map.of("app", "past")));
  }

  private void event(String id, SpecificRecord detail) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    topics.send(ControlTopic.VOLUME_EVENTS, id, new VolumeEvent(id, 1L, 1L, now, detail));
  }

  int resizes() {
    return resizes;
  }
}
