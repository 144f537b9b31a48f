package io.mooring.migrator.rest;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.mooring.schemas.MigrationRuleAction;
import io.mooring.schemas.MigrationRuleItem;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A rule as people write it: commands for pods, one after the other.
 *
 * @param items also called rules
 */
@JsonIgnoreProperties({"apiVersion", "kind", "metadata", "name"})
public record RuleDocument(@JsonAlias("rules") @Nullable List<Item> items) {

  private static final String COMMAND = "command";
  private static final int ACTIONS_MAX = 50;

  /**
   * YAML, of which JSON is a part. A word that is not known may be one that was meant to matter.
   */
  private static final ObjectMapper YAML =
      new ObjectMapper(new YAMLFactory()).enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /**
   * Some pods.
   *
   * @param podSelector labels that they have
   * @param container of the pods, the first one if none is named
   */
  public record Item(
      @Nullable Map<String, String> podSelector,
      @Nullable String container,
      @Nullable List<Action> actions) {}

  /**
   * What they do.
   *
   * @param type command, which is all there is
   * @param value text for a shell
   * @param background it goes on while the snapshots are taken; ${WAIT_CMD} in it says from when on
   * @param runInSinglePod in one of the pods only
   */
  public record Action(
      @Nullable String type, @Nullable String value, boolean background, boolean runInSinglePod) {}

  /**
   * What a text says.
   *
   * @throws IllegalArgumentException with what is wrong with it
   */
  public static List<MigrationRuleItem> read(String text) {
    RuleDocument document;
    try {
      document = YAML.readValue(text, RuleDocument.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("it is no rule: " + e.getOriginalMessage(), e);
    }
    List<Item> items = document == null || document.items() == null ? List.of() : document.items();
    check(!items.isEmpty(), "it has no items");
    List<MigrationRuleItem> read = items.stream().map(RuleDocument::item).toList();
    check(
        read.stream().mapToInt(item -> item.getActions().size()).sum() <= ACTIONS_MAX,
        "it has more than %d actions".formatted(ACTIONS_MAX));
    return read;
  }

  private static MigrationRuleItem item(Item item) {
    Map<String, String> selector = item.podSelector() == null ? Map.of() : item.podSelector();
    List<Action> actions = item.actions() == null ? List.of() : item.actions();
    check(!selector.isEmpty(), "an item has no podSelector");
    check(!actions.isEmpty(), "an item has no actions");
    return new MigrationRuleItem(
        selector,
        item.container() == null ? "" : item.container(),
        actions.stream().map(RuleDocument::action).toList());
  }

  private static MigrationRuleAction action(Action action) {
    check(
        action.type() == null || action.type().equals(COMMAND),
        "an action is of type '%s', and there are only commands".formatted(action.type()));
    String command = action.value() == null ? "" : action.value();
    check(!command.isBlank(), "an action has no value");
    return new MigrationRuleAction(command, action.background(), action.runInSinglePod());
  }

  private static void check(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException(problem);
    }
  }

  /** Items as they are shown. */
  static List<Item> shown(List<MigrationRuleItem> items) {
    return items.stream()
        .map(item ->
            new Item(
                item.getPodSelector(),
                item.getContainer(),
                item.getActions().stream()
                    .map(action ->
                        new Action(
                            COMMAND,
                            action.getCommand(),
                            action.getBackground(),
                            action.getRunInSinglePod()))
                    .toList()))
        .toList();
  }
}
