package io.mooring.storage.backup.fault;

/** Everything that can go wrong with a repository of backups; documented in docs/errors/mig.md. */
public enum Fault {
  NO_BUCKET(
      "MIG-001",
      "The bucket does not exist, or the credentials may not see it.",
      "Create the bucket or correct its name; Mooring creates none."),
  DENIED(
      "MIG-002",
      "The object store refuses the credentials.",
      "Check access key, secret and the bucket's policy: get, put, list and delete are needed."),
  STORE_FULL(
      "MIG-003",
      "The object store has no space or quota left.",
      "Free space or raise the quota, then repeat the command: it resumes where it stopped."),
  STORE_UNAVAILABLE(
      "MIG-004",
      "The object store answered with errors of its own, also when asked again.",
      "Check the store and its free space, then repeat the command: it resumes where it stopped."),
  STORE_TIMEOUT(
      "MIG-005",
      "The object store did not answer in time, also when asked again.",
      "Check network and store, then repeat the command: it resumes where it stopped."),
  STORE_REFUSED(
      "MIG-006",
      "The object store refuses the request.",
      "The store's own words say why; check that it speaks S3 with conditional writes."),
  CANCELLED("MIG-007", "Somebody stopped it.", "Repeat the command: it resumes where it stopped."),
  NO_REPOSITORY(
      "MIG-010",
      "There is no repository in this place.",
      "Check bucket and prefix, or let the first backup create one."),
  WRONG_KEY(
      "MIG-011",
      "The passphrase does not open the repository's keys.",
      "Give the passphrase with which the repository was created."),
  KEY_MODE(
      "MIG-012",
      "The repository is encrypted and no passphrase was given, or the other way round.",
      "Give a passphrase exactly if the repository was created with one."),
  UNKNOWN_VERSION(
      "MIG-013",
      "An object was written by a newer version of Mooring.",
      "Use a version of Mooring at least as new as the writer's."),
  REPOSITORY_EXISTS(
      "MIG-014",
      "There is a repository in this place already.",
      "Open it, or choose another prefix."),
  FOREIGN_KEY(
      "MIG-015",
      "An object belongs to a repository with another key.",
      "Somebody copied objects between repositories: restore the bucket's own objects."),
  OBJECT_MISSING(
      "MIG-020",
      "An object that a backup needs is not in the store.",
      "Something deleted it, or a prune overtook a long read. Use another backup; verify tells what is lost."),
  OBJECT_TRUNCATED(
      "MIG-021",
      "An object is shorter than it was written.",
      "The store lost data. Use another backup; verify tells what is lost."),
  OBJECT_DAMAGED(
      "MIG-022",
      "An object's bytes are not those that were written.",
      "The store damaged it or somebody changed it. Use another backup; verify tells what is lost."),
  CONTENT_MISMATCH(
      "MIG-023",
      "Content does not match the name under which it was stored.",
      "Use another backup and report it: the object is intact, so its writer was wrong."),
  NO_BACKUP("MIG-030", "There is no complete backup of this name.", "List the backups."),
  BACKUP_GONE(
      "MIG-031",
      "The backup was deleted, or given up because nobody worked on it for longer than its lease.",
      "Begin a backup with another name."),
  BAD_NAME(
      "MIG-032",
      "A backup's name has 3 to 63 lower-case letters, digits and hyphens.",
      "Choose such a name."),
  SOURCE_FAILED(
      "MIG-033",
      "The volume's snapshot could not be read.",
      "Check the NBD export, then repeat the command: it resumes where it stopped."),
  OTHER_REQUEST(
      "MIG-034",
      "A backup of this name has begun with other volumes or other snapshots.",
      "Choose another name; a backup shows one point in time, so that snapshots cannot be mixed."),
  NO_VOLUME("MIG-040", "The backup has no volume of this name.", "Show the backup's volumes."),
  TARGET_TOO_SMALL(
      "MIG-041", "The target is smaller than the volume.", "Give a target of at least its size."),
  TARGET_FAILED(
      "MIG-042",
      "The target could not be written.",
      "Check the NBD export, then repeat the command: what is there already is not fetched again."),
  TARGET_DIFFERS(
      "MIG-043",
      "The target does not read as the backup says.",
      "Do not use it: check the volume's nodes and who else wrote to it, then restore again.");

  private final String code;
  private final String why;
  private final String fix;

  Fault(String code, String why, String fix) {
    this.code = code;
    this.why = why;
    this.fix = fix;
  }

  public String code() {
    return code;
  }

  public String why() {
    return why;
  }

  public String fix() {
    return fix;
  }

  /** Whether the same request may succeed a moment later. */
  public boolean isTransient() {
    return this == STORE_UNAVAILABLE || this == STORE_TIMEOUT;
  }

  /** Whether it says that something stored is lost, as opposed to out of reach. */
  public boolean isDamage() {
    return switch (this) {
      case OBJECT_MISSING,
          OBJECT_TRUNCATED,
          OBJECT_DAMAGED,
          CONTENT_MISMATCH,
          UNKNOWN_VERSION,
          FOREIGN_KEY ->
          true;
      case NO_BUCKET,
          DENIED,
          STORE_FULL,
          STORE_UNAVAILABLE,
          STORE_TIMEOUT,
          STORE_REFUSED,
          CANCELLED,
          NO_REPOSITORY,
          WRONG_KEY,
          KEY_MODE,
          REPOSITORY_EXISTS,
          NO_BACKUP,
          BACKUP_GONE,
          BAD_NAME,
          SOURCE_FAILED,
          OTHER_REQUEST,
          NO_VOLUME,
          TARGET_TOO_SMALL,
          TARGET_FAILED,
          TARGET_DIFFERS ->
          false;
    };
  }
}
