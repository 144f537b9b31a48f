package io.mooring.migrator.objects;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Places where lists and maps of a request have a null: nothing else can be said about those. */
final class EmptyPlaces {

  private final ObjectFields fields;

  EmptyPlaces(ObjectFields fields) {
    this.fields = fields;
  }

  List<String> all() {
    List<String> places = new ArrayList<>();
    look(places, "namespaces", ObjectFields.or(fields.namespaces()));
    look(places, "excludeKinds", ObjectFields.or(fields.excludeKinds()));
    look(places, "namespaceMapping", ObjectFields.or(fields.namespaceMapping()).values());
    look(places, "objectSelector", ObjectFields.or(fields.objectSelector()).values());
    look(places, "excludeSelector", ObjectFields.or(fields.excludeSelector()).values());
    look(places, "classMapping", ObjectFields.or(fields.classMapping()).values());
    List<Transform> transforms = ObjectFields.or(fields.transforms());
    look(places, "transforms", transforms);
    if (places.isEmpty()) {
      transforms.forEach(transform ->
          look(places, "labels of a transform", ObjectFields.or(transform.labels()).values()));
    }
    return places;
  }

  private static void look(
      List<String> places, String field, Collection<? extends @Nullable Object> values) {
    if (Arrays.asList(values.toArray()).contains(null)) {
      places.add(field + " has a null");
    }
  }
}
