package io.mooring.migrator.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.schemas.ObjectTransform;
import io.mooring.schemas.TransformOperation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Does what a transform says to one manifest. */
final class JsonPatch {

  private static final String END = "-";

  private final ObjectTransform transform;
  private final List<String> way;
  private final String last;

  JsonPatch(ObjectTransform transform) {
    this.transform = transform;
    List<String> names =
        Arrays.stream(transform.getPath().substring(1).split("/", -1))
            .map(name -> name.replace("~1", "/").replace("~0", "~"))
            .toList();
    this.way = names.subList(0, names.size() - 1);
    this.last = names.getLast();
  }

  /**
   * @return why it does not fit; empty if it was done
   */
  Optional<String> apply(ObjectNode manifest) {
    JsonNode place = manifest;
    for (String name : way) {
      JsonNode next = place.isArray() ? place.path(index(place, name)) : place.path(name);
      if (next.isMissingNode() && !is(TransformOperation.ADD)) {
        return nothingThere();
      }
      if (next.isMissingNode() && !place.isObject()) {
        return Optional.of("There is no '%s' on its path".formatted(name));
      }
      place = next.isMissingNode() ? ((ObjectNode) place).putObject(name) : next;
    }
    return switch (place) {
      case ObjectNode object -> change(object);
      case ArrayNode array -> change(array);
      default -> Optional.of("Its path leads into a value");
    };
  }

  private boolean is(TransformOperation operation) {
    return transform.getOperation() == operation;
  }

  /** What is to be removed may be gone already; what is to be replaced must be there. */
  private Optional<String> nothingThere() {
    return is(TransformOperation.REMOVE)
        ? Optional.empty()
        : Optional.of("There is nothing to be replaced");
  }

  private Optional<String> change(ObjectNode object) {
    if (!object.has(last) && !is(TransformOperation.ADD)) {
      return nothingThere();
    }
    if (is(TransformOperation.REMOVE)) {
      object.remove(last);
    } else {
      object.set(last, value());
    }
    return Optional.empty();
  }

  private Optional<String> change(ArrayNode array) {
    int index = last.equals(END) ? array.size() : index(array, last);
    boolean there = index >= 0 && index < array.size();
    if (is(TransformOperation.ADD)) {
      if (index < 0 || index > array.size()) {
        return Optional.of("Its list has no place '%s'".formatted(last));
      }
      array.insert(index, value());
    } else if (!there) {
      return nothingThere();
    } else if (is(TransformOperation.REMOVE)) {
      array.remove(index);
    } else {
      array.set(index, value());
    }
    return Optional.empty();
  }

  private JsonNode value() {
    return Json.parsed(transform.getValue());
  }

  /** Place in a list; one that it does not have, if it is none. */
  private static int index(JsonNode list, String name) {
    if (!name.matches("0|[1-9][0-9]{0,8}")) {
      return Integer.MAX_VALUE;
    }
    return Math.min(Integer.parseInt(name), list.size() + 1);
  }
}
