package io.mooring.migrator.objects;

import io.mooring.schemas.TransformOperation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What is wrong with a transform. */
final class TransformCheck {

  private static final Pattern POINTER = Pattern.compile("(/([^~/]|~[01])*)+");

  /** What an object is, and whose: mappings and marks would be undone. */
  private static final Pattern IDENTITY =
      Pattern.compile(
          "/(apiVersion|kind|metadata(/(name|namespace|annotations(/mooring\\.io~1.*)?))?)");

  private TransformCheck() {}

  /**
   * @param subject for people: which one it is
   */
  static List<String> problems(String subject, Transform transform) {
    List<String> problems = new ArrayList<>();
    if (Transform.or(transform.kind()).isBlank()) {
      problems.add(subject + " has no kind");
    }
    String path = Transform.or(transform.path());
    if (!POINTER.matcher(path).matches()) {
      problems.add("%s has path '%s', which is no JSON pointer".formatted(subject, path));
    } else if (IDENTITY.matcher(path).matches()) {
      problems.add("%s would change '%s', which tells what the object is".formatted(subject, path));
    }
    String operation = Transform.or(transform.operation()).toUpperCase(Locale.ROOT);
    if (Arrays.stream(TransformOperation.values()).noneMatch(known -> is(known, operation))) {
      problems.add(
          "%s has operation '%s', not add, replace or remove"
              .formatted(subject, transform.operation()));
      return problems;
    }
    boolean removes = is(TransformOperation.REMOVE, operation);
    if (removes && transform.value() != null) {
      problems.add(subject + " removes and has a value");
    }
    if (!removes && transform.value() == null) {
      problems.add(subject + " has no value");
    }
    return problems;
  }

  private static boolean is(TransformOperation operation, String name) {
    return operation.name().equals(name);
  }
}
