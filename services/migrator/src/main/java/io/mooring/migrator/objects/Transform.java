package io.mooring.migrator.objects;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.schemas.ObjectTransform;
import io.mooring.schemas.TransformOperation;
import java.util.Locale;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A change of objects on their way to the target, as it is asked for.
 *
 * @param operation add, replace or remove
 */
@Schema(description = "A change of objects on their way to the target.")
public record Transform(
    @Schema(description = "Kind of the objects.") @Nullable String kind,
    @Schema(description = "Name of the object; all of the kind, if left out.")
        @Nullable String name,
    @Schema(description = "Labels that an object must have.") @Nullable Map<String, String> labels,
    @Schema(description = "JSON pointer to what is changed, such as /spec/type.")
        @Nullable String path,
    @Schema(
            description =
                "add: the value is there afterwards, in an array before the place, or at its end"
                    + " for '-'. replace: likewise, and an object without the path fails the"
                    + " restore. remove: nothing is there afterwards.")
        @Nullable String operation,
    @Schema(description = "New value, any JSON.", implementation = Object.class)
        @Nullable JsonNode value) {

  static Transform of(ObjectTransform kept) {
    return new Transform(
        kept.getKind(),
        kept.getName(),
        Map.copyOf(kept.getLabels()),
        kept.getPath(),
        kept.getOperation().name().toLowerCase(Locale.ROOT),
        kept.getValue().isEmpty() ? null : Json.parsed(kept.getValue()));
  }

  /** As it is kept; only of one that {@link TransformCheck} has no objection to. */
  ObjectTransform kept() {
    return ObjectTransform.newBuilder()
        .setKind(or(kind))
        .setName(or(name))
        .setLabels(labels == null ? Map.of() : labels)
        .setPath(or(path))
        .setOperation(TransformOperation.valueOf(or(operation).toUpperCase(Locale.ROOT)))
        .setValue(value == null ? "" : value.toString())
        .build();
  }

  static String or(@Nullable String text) {
    return text == null ? "" : text;
  }
}
