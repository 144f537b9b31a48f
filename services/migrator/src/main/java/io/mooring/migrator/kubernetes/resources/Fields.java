package io.mooring.migrator.kubernetes.resources;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Fields of a part of a resource. The definitions say what may be there; all else is absent. */
record Fields(Map<String, Object> values) {

  static Fields of(@Nullable Object part) {
    Map<String, Object> values = new TreeMap<>();
    if (part instanceof Map<?, ?> map) {
      map.forEach((key, value) -> {
        if (value != null) {
          values.put(String.valueOf(key), value);
        }
      });
    }
    return new Fields(values);
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  Fields part(String name) {
    return of(values.get(name));
  }

  /** Empty if it is absent. */
  String text(String name) {
    return values.get(name) instanceof String text ? text.strip() : "";
  }

  Optional<Boolean> flag(String name) {
    return values.get(name) instanceof Boolean flag ? Optional.of(flag) : Optional.empty();
  }

  int number(String name, int fallback) {
    return values.get(name) instanceof Number number ? number.intValue() : fallback;
  }

  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    if (values.get(name) instanceof List<?> list) {
      list.forEach(item -> texts.add(String.valueOf(item)));
    }
    return texts;
  }

  Map<String, String> labels(String name) {
    Map<String, String> labels = new TreeMap<>();
    part(name).values().forEach((key, value) -> labels.put(key, String.valueOf(value)));
    return labels;
  }
}
