package io.mooring.migrator.kubernetes.resources;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.mooring.schedules.Recurrence;
import io.mooring.schedules.RecurrenceFields;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a SchedulePolicy says; times are in UTC. */
final class Policies {

  /** The one of a schedule that names none. */
  static final String DEFAULT = "default-migration-policy";

  /** They are there without being made. A resource of the same name takes the place of one. */
  static final Map<String, Recurrence> BUILT_IN =
      Map.of(
          DEFAULT,
          new Recurrence.Interval(Duration.ofMinutes(30)),
          "default-interval-policy",
          new Recurrence.Interval(Duration.ofMinutes(15)),
          "default-daily-policy",
          new Recurrence.Daily(LocalTime.MIDNIGHT),
          "default-weekly-policy",
          new Recurrence.Weekly(DayOfWeek.SUNDAY, LocalTime.MIDNIGHT),
          "default-monthly-policy",
          new Recurrence.Monthly(15, LocalTime.MIDNIGHT));

  /** Such as 12:04PM. */
  private static final DateTimeFormatter KITCHEN =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .appendPattern("h:mma")
          .toFormatter(Locale.ENGLISH);

  private static final int DAY_LETTERS_MIN = 3;

  private final ResourceView view;

  Policies(ResourceView view) {
    this.view = view;
  }

  /**
   * How often a schedule with a policy is due.
   *
   * @param name of the policy; empty for the default
   * @throws IllegalArgumentException with code, what, why and what to do, if it cannot be followed
   */
  RecurrenceFields of(String name) {
    String wanted = name.isEmpty() ? DEFAULT : name;
    Optional<GenericKubernetesResource> resource = view.policy(wanted);
    if (resource.isEmpty()) {
      return Optional.ofNullable(BUILT_IN.get(wanted))
          .map(RecurrenceFields::of)
          .orElseThrow(() ->
              new IllegalArgumentException(
                  "MIG-178 Schedule policy '%s' cannot be followed. There is none of this name. Make"
                          .formatted(wanted)
                      + " it, or name another one."));
    }
    try {
      return read(Fields.of(resource.get().getAdditionalProperties().get("policy")));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "MIG-178 Schedule policy '%s' cannot be followed. Something is wrong with it: %s. Correct"
                  .formatted(wanted, e.getMessage())
              + " it.",
          e);
    }
  }

  /**
   * How often a policy is due.
   *
   * @param policy field of that name of the resource
   * @throws IllegalArgumentException with why it cannot be followed
   */
  static RecurrenceFields read(Fields policy) {
    List<Recurrence> given = new ArrayList<>();
    if (policy.has("interval")) {
      given.add(
          new Recurrence.Interval(
              Duration.ofMinutes(policy.part("interval").number("intervalMinutes", 0))));
    }
    if (policy.has("daily")) {
      given.add(new Recurrence.Daily(time(policy.part("daily"))));
    }
    if (policy.has("weekly")) {
      Fields weekly = policy.part("weekly");
      given.add(new Recurrence.Weekly(day(weekly.text("day")), time(weekly)));
    }
    if (policy.has("monthly")) {
      Fields monthly = policy.part("monthly");
      given.add(new Recurrence.Monthly(monthly.number("date", 0), time(monthly)));
    }
    if (given.size() != 1) {
      throw new IllegalArgumentException(
          "of interval, daily, weekly and monthly it has %d".formatted(given.size()));
    }
    RecurrenceFields fields = RecurrenceFields.of(given.getFirst());
    if (fields.recurrence().isEmpty()) {
      throw new IllegalArgumentException("its interval is below a minute, or its day is none");
    }
    return fields;
  }

  private static LocalTime time(Fields policy) {
    String text = policy.text("time");
    try {
      return LocalTime.parse(text.replace(" ", ""), KITCHEN);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "its time is '%s', not one such as 12:04PM".formatted(text), e);
    }
  }

  private static DayOfWeek day(String text) {
    for (DayOfWeek day : DayOfWeek.values()) {
      if (text.length() >= DAY_LETTERS_MIN
          && day.name().startsWith(text.toUpperCase(Locale.ROOT))) {
        return day;
      }
    }
    throw new IllegalArgumentException("its day is '%s', which is none".formatted(text));
  }
}
