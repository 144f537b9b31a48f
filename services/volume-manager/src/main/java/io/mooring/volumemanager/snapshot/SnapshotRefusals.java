package io.mooring.volumemanager.snapshot;

import io.mooring.schemas.VolumeTaskKind;
import io.mooring.volumemanager.rebalance.VolumeOutline;
import io.mooring.volumemanager.volume.Rejection;
import io.mooring.volumemanager.volume.VolumeId;
import java.util.List;

/** Why something that is asked of snapshots is refused, and why a set fails. */
public final class SnapshotRefusals {

  /** A head could not take its snapshot. */
  public static final String MISSED = "SNP-020";

  /** Something took longer than an attempt may. */
  public static final String TOO_LATE = "SNP-021";

  /** A volume has another head than the one that held its writes back. */
  public static final String HEAD_CHANGED = "SNP-022";

  /** A volume was deleted meanwhile. */
  public static final String VOLUME_GONE = "SNP-023";

  /** A volume was given to somebody who writes all of its content anew. */
  public static final String HALF = "SNP-024";

  private SnapshotRefusals() {}

  static Rejection badName(String name) {
    return new Rejection(
        "SNP-001",
        "Name '%s' is not usable.".formatted(name),
        "A name has 1 to 128 characters, none of them a control character.",
        "Choose another name.");
  }

  public static Rejection badNumberOfVolumes(int number, int max) {
    return new Rejection(
        "SNP-002",
        "%d volumes are to be taken together.".formatted(number),
        "A set has 1 to %d volumes; their writes wait for each other.".formatted(max),
        "Name at least one volume, or a selector that finds one; split what is too large.");
  }

  public static Rejection badId(String id) {
    return new Rejection(
        "SNP-003",
        "'%s' is not the id of a snapshot set.".formatted(id),
        "An id has 1 to 45 letters, digits, dots, underscores and hyphens.",
        "Use an id that GET /snapshots lists.");
  }

  static Rejection unknownVolume(VolumeId id) {
    return new Rejection(
        "SNP-004",
        "Volume %s does not exist.".formatted(id),
        "It was never created, or it is being deleted.",
        "Check the name against GET /volumes.");
  }

  static Rejection contentIsChanging(VolumeOutline volume, VolumeTaskKind kind) {
    return new Rejection(
        "SNP-005",
        "Volume '%s' is being %s."
            .formatted(
                volume.name(), kind == VolumeTaskKind.FILL ? "filled from a snapshot" : "restored"),
        "Until that is done its content is a mixture.",
        "Wait until GET /volumes shows no task.");
  }

  static Rejection anotherIsUnderWay(VolumeOutline volume, SnapshotSet other) {
    return new Rejection(
        "SNP-006",
        "Volume '%s' is being taken in set '%s'.".formatted(volume.name(), other.id()),
        "A volume takes one snapshot at a time.",
        "Try again in a moment.");
  }

  static Rejection tooMany(VolumeOutline volume, int max) {
    return new Rejection(
        "SNP-007",
        "Volume '%s' has %d snapshots.".formatted(volume.name(), max),
        "Each is a layer that reads have to look through.",
        "Delete a set that is not needed any more.");
  }

  static Rejection half(VolumeOutline volume) {
    return new Rejection(
        "SNP-008",
        "Volume '%s' is half.".formatted(volume.name()),
        "Somebody writes, or has begun to write, all of its content anew; a snapshot would be a"
            + " mixture.",
        "GET /volumes/%s shows for what. Let it come to its end, begin another restore, or delete the"
                .formatted(volume.id())
            + " volume.");
  }

  static Rejection alreadyExists(SnapshotSet set) {
    return new Rejection(
        "SNP-010",
        "Set '%s' ('%s') has other volumes.".formatted(set.id(), set.name()),
        "Taking is idempotent by id, so one id cannot stand for two sets.",
        "Repeat the original volumes, or choose another name.");
  }

  static Rejection beingDeleted(SnapshotSet set) {
    return new Rejection(
        "SNP-011",
        "Set '%s' is being deleted.".formatted(set.id()),
        "Its replicas are removing what they hold of it.",
        "Wait until it is gone, or choose another name.");
  }

  static Rejection inUse(SnapshotSet set, List<String> readers) {
    return new Rejection(
        "SNP-012",
        "Set '%s' is being read by %s.".formatted(set.id(), readers),
        "A volume that is restored or filled from it would be left a mixture.",
        "Wait until GET /volumes shows no task there.");
  }

  public static Rejection unknownSet(String id) {
    return new Rejection(
        "SNP-013",
        "Snapshot set '%s' does not exist.".formatted(id),
        "It was never taken, or it was deleted.",
        "Look at GET /snapshots.");
  }

  /** What came of a set that has failed; its reason begins with the code. */
  public static Rejection failed(String set, String reason) {
    int space = reason.indexOf(' ');
    return new Rejection(
        space < 0 ? reason : reason.substring(0, space),
        "Set '%s' came to nothing: %s.".formatted(set, reason),
        "A set is taken of all its volumes at one moment, or not at all.",
        "Take it again; GET /snapshots/%s shows what became of each volume.".formatted(set));
  }

  public static Rejection badPlan(String why) {
    return new Rejection(
        "SNP-030",
        "The plan of a schedule cannot be followed: %s.".formatted(why),
        "A plan has one of every, daily, weekly and monthly, something to take, and a number of"
            + " sets to keep.",
        "Correct it; docs/snapshots.md has examples.");
  }

  public static Rejection unknownSchedule(String id) {
    return new Rejection(
        "SNP-031",
        "Schedule '%s' does not exist.".formatted(id),
        "It was never made, or it was ended.",
        "Look at GET /snapshot-schedules.");
  }

  public static Rejection expired(SnapshotInput.Reference command) {
    return new Rejection(
        "SNP-090",
        "The command expired at %s.".formatted(command.expiresAt()),
        "It could not be decided before; who asked for it may no longer want it.",
        "Send it again if it is still wanted.");
  }
}
