package io.mooring.migrator.objects;

import io.mooring.schemas.MigrationKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What is wrong with the fields about objects: all of it, so that it is corrected once. */
final class FieldCheck {

  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  private final ObjectFields fields;
  private final List<String> problems = new ArrayList<>();

  FieldCheck(ObjectFields fields) {
    this.fields = fields;
  }

  List<String> problems(MigrationKind kind, String origin) {
    List<String> empty = new EmptyPlaces(fields).all();
    if (!empty.isEmpty()) {
      return empty;
    }
    List<String> namespaces = fields.allNamespaces();
    Map<String, String> mapping = fields.mapping();
    namespaces.forEach(namespace -> named("namespace", namespace));
    mapping.values().forEach(target -> named("target namespace", target));
    mapping(namespaces, mapping);
    something(namespaces);
    if (namespaces.isEmpty()) {
      withoutNamespace();
    }
    selectors();
    filled("classMapping", ObjectFields.or(fields.classMapping()));
    if (ObjectFields.or(fields.excludeKinds()).stream().anyMatch(String::isBlank)) {
      problems.add("excludeKinds has an empty kind");
    }
    int number = 0;
    for (Transform transform : ObjectFields.or(fields.transforms())) {
      problems.addAll(TransformCheck.problems("transform " + ++number, transform));
    }
    if (kind == MigrationKind.BACKUP || kind == MigrationKind.SNAPSHOT) {
      ofATarget();
    }
    if (kind == MigrationKind.SNAPSHOT) {
      ofObjects();
    }
    if (kind == MigrationKind.RESTORE && origin.isEmpty() && purges()) {
      problems.add("purgeDeleted is about what migrations bring, and this is none");
    }
    return List.copyOf(problems);
  }

  private boolean purges() {
    return ObjectFields.or(fields.purgeDeleted(), false);
  }

  /** Snapshots that stay here have namespaces for their rules only. */
  private void ofObjects() {
    Map<String, Boolean> said = new LinkedHashMap<>();
    said.put("objectSelector", !ObjectFields.or(fields.objectSelector()).isEmpty());
    said.put("excludeSelector", !ObjectFields.or(fields.excludeSelector()).isEmpty());
    said.put("excludeKinds", !ObjectFields.or(fields.excludeKinds()).isEmpty());
    tell(said, " is about objects, and snapshots have none");
    if (!ObjectFields.or(fields.includeVolumes(), true)) {
      problems.add("snapshots without volumes are none");
    }
  }

  /** A backup has no target; what is done there is said when it is restored. */
  private void ofATarget() {
    Map<String, Boolean> said = new LinkedHashMap<>();
    said.put("namespaceMapping", !fields.mapping().isEmpty());
    said.put("classMapping", !ObjectFields.or(fields.classMapping()).isEmpty());
    said.put("transforms", !ObjectFields.or(fields.transforms()).isEmpty());
    said.put("purgeDeleted", purges());
    said.put("skipServiceUpdate", ObjectFields.or(fields.skipServiceUpdate(), false));
    tell(said, " is about a target, and there is none");
  }

  private void tell(Map<String, Boolean> said, String why) {
    said.forEach((field, present) -> {
      if (present) {
        problems.add(field + why);
      }
    });
  }

  private void named(String what, String name) {
    if (!NAMESPACE.matcher(name).matches()) {
      problems.add("'%s' cannot be the name of a %s".formatted(name, what));
    }
  }

  private void mapping(List<String> namespaces, Map<String, String> mapping) {
    String shorthand = Transform.or(fields.targetNamespace());
    if (!shorthand.isEmpty() && namespaces.size() > 1 && !isFirst(shorthand, namespaces)) {
      problems.add("targetNamespace is for one namespace; name each in namespaceMapping");
    }
    if (!shorthand.isEmpty() && namespaces.size() == 1 && !isFirst(shorthand, namespaces)) {
      problems.add("targetNamespace and namespaceMapping name two targets for one namespace");
    }
    for (String source : mapping.keySet()) {
      if (!namespaces.contains(source)) {
        problems.add("namespaceMapping has '%s', which does not go along".formatted(source));
      }
    }
    Map<String, String> taken = new LinkedHashMap<>();
    for (String namespace : namespaces) {
      String target = mapping.getOrDefault(namespace, namespace);
      String other = taken.putIfAbsent(target, namespace);
      if (other != null) {
        problems.add(
            "namespaces '%s' and '%s' would both become '%s'".formatted(other, namespace, target));
      }
    }
  }

  /** Whether the shorthand says what the mapping says of the first one: so it is kept. */
  private boolean isFirst(String shorthand, List<String> namespaces) {
    Map<String, String> mapping = ObjectFields.or(fields.namespaceMapping());
    String said = mapping.get(namespaces.getFirst());
    return namespaces.size() == 1 ? said == null || said.equals(shorthand) : shorthand.equals(said);
  }

  private void something(List<String> namespaces) {
    boolean objects = ObjectFields.or(fields.includeResources(), true) && !namespaces.isEmpty();
    if (!ObjectFields.or(fields.includeVolumes(), true) && !objects) {
      problems.add("neither volumes nor objects would go along");
    }
  }

  /** Without a namespace there are no objects, and whoever says something about them errs. */
  private void withoutNamespace() {
    Map<String, Boolean> said = new LinkedHashMap<>();
    said.put("targetNamespace", !Transform.or(fields.targetNamespace()).isEmpty());
    said.put("objectSelector", !ObjectFields.or(fields.objectSelector()).isEmpty());
    said.put("excludeSelector", !ObjectFields.or(fields.excludeSelector()).isEmpty());
    said.put("excludeKinds", !ObjectFields.or(fields.excludeKinds()).isEmpty());
    said.put("purgeDeleted", purges());
    said.put("skipServiceUpdate", ObjectFields.or(fields.skipServiceUpdate(), false));
    said.put("classMapping", !ObjectFields.or(fields.classMapping()).isEmpty());
    said.put("transforms", !ObjectFields.or(fields.transforms()).isEmpty());
    tell(said, " is about objects, and no namespace is named");
  }

  private void selectors() {
    Map<String, String> wanted = ObjectFields.or(fields.objectSelector());
    Map<String, String> unwanted = ObjectFields.or(fields.excludeSelector());
    filledKeys("objectSelector", wanted);
    filledKeys("excludeSelector", unwanted);
    for (Map.Entry<String, String> label : unwanted.entrySet()) {
      if (label.getValue().equals(wanted.get(label.getKey()))) {
        problems.add(
            "label %s=%s is both wanted and excluded".formatted(label.getKey(), label.getValue()));
      }
    }
  }

  private void filledKeys(String field, Map<String, String> map) {
    if (map.keySet().stream().anyMatch(String::isBlank)) {
      problems.add(field + " has an empty name");
    }
  }

  private void filled(String field, Map<String, String> map) {
    filledKeys(field, map);
    if (map.values().stream().anyMatch(String::isBlank)) {
      problems.add(field + " has an empty value");
    }
  }
}
