package io.mooring.storage.backup;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A mistake that somebody might make in the code, as a change of its text. */
enum Mutant {
  ROOT_BEFORE_CONTENT(
      "BackupJob", "    outlet.flush();\n    return new RootObject", "    return new RootObject"),
  WORKERS_LEAVE_UNFLUSHED("BackupJob", "              outlet.flush();\n", ""),
  PRUNE_IGNORES_OPEN_BACKUPS("PruneJob", "isDue(list) && known", "isDue(list)"),
  PRUNE_DOES_NOT_LOOK_AGAIN(
      "PruneJob", "!live.contains(pack) && sizes.containsKey", "sizes.containsKey"),
  PRUNE_FORGETS_PAGES("PruneJob", "return pages.add(ref);", "return false;"),
  GIVEN_UP_WITHOUT_TAKING_THE_NAME(
      "PruneJob",
      "if (repository.claim(backup, new RootObject.Tombstone(repository.now(), reason)))",
      "if (reason.isEmpty())"),
  WRITER_IGNORES_GARBAGE("Session", "return garbage.contains(pack);", "return false;"),
  TAKEOVER_CLAIMS_TO_KNOW_ALL_GARBAGE("Session", "first ? seen : record.seen()", "seen"),
  RESUMES_WITH_PACKS_THAT_WERE_NEVER_SENT("KnownBlobs", "? sent.contains(pack) :", "? true :"),
  SHARED_BEFORE_IT_IS_SENT(
      "PackOutlet",
      "known.remember(ref);",
      "known.remember(ref); known.sent(pack.id(), pack.entries());"),
  SHARED_PACKS_ARE_NEVER_DOUBTED(
      "KnownBlobs",
      "shared.find(id).filter(ref -> isSafeWithOthers(ref.pack()))",
      "shared.find(id)"),
  UNCHANGED_IS_TAKEN_WITHOUT_A_LOOK(
      "KnownBlobs", "content.packs().stream().allMatch(this::isSafe)", "true"),
  DELETED_NAME_IS_FREE_AT_ONCE(
      "Repository",
      "store.put(RootObject.objectName(name), seal(name, new RootObject.Tombstone(now(), reason)))",
      "store.delete(RootObject.objectName(name))"),
  SNAPSHOTS_ARE_MIXED(
      "VolumeWork", ".changed().stream().noneMatch(range::overlaps)", ".changed() != null"),
  RESTORE_TRUSTS_THE_TARGET("RegionRestorer", "anyData && isPresent(ref, range)", "anyData"),
  RESTORE_LEAVES_OLD_CONTENT_IN_HOLES(
      "RegionRestorer", "case Run.Hole _ -> !anyData;", "case Run.Hole _ -> true;");

  private final String type;
  private final String text;
  private final String replacement;

  Mutant(String type, String text, String replacement) {
    this.type = type;
    this.text = text;
    this.replacement = replacement;
  }

  /** Name of the class that it changes, without package. */
  String type() {
    return type;
  }

  /** The changed source. How either text is broken into lines does not matter. */
  String apply(String source) {
    String pattern =
        text.replaceAll("\\s+", "")
            .chars()
            .mapToObj(c -> Pattern.quote(Character.toString(c)))
            .collect(Collectors.joining("\\s*"));
    String changed =
        Pattern.compile(pattern)
            .matcher(source)
            .replaceFirst(Matcher.quoteReplacement(replacement));
    if (changed.equals(source)) {
      throw new IllegalStateException(this + " does not find its place in " + type);
    }
    return changed;
  }
}
