package io.mooring.cli.migrator;

import io.mooring.cli.RestClient;
import io.mooring.cli.Target;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mooring migrate schedule}. */
@Command(
    name = "schedule",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description =
        "Migrations that begin by themselves; 'mooring get migrationschedules' shows them.")
final class ScheduleCommand {

  private ScheduleCommand() {}

  /** When its migrations are due. */
  static final class When {

    @Option(
        names = "--every",
        paramLabel = "DURATION",
        description = "Such as PT30M, which it is if nothing is given.")
    private @Nullable String every;

    @Option(names = "--daily", paramLabel = "TIME", description = "In UTC, such as 02:30.")
    private @Nullable String daily;

    @Option(names = "--weekly", paramLabel = "DAY TIME", description = "Such as 'SUNDAY 02:30'.")
    private @Nullable String weekly;

    @Option(names = "--monthly", paramLabel = "DAY TIME", description = "Such as '15 02:30'.")
    private @Nullable String monthly;

    Map<String, Object> request() {
      Map<String, Object> request = new LinkedHashMap<>();
      put(request, "every", every);
      put(request, "daily", daily);
      put(request, "weekly", weekly);
      put(request, "monthly", monthly);
      return request;
    }

    private static void put(Map<String, Object> request, String name, @Nullable String value) {
      if (value != null) {
        request.put(name, value);
      }
    }
  }

  /** Where to, and until when. */
  static final class Course {

    @Option(names = "--pair", required = true, description = "Where to.")
    private String pair = "";

    @Option(
        names = "--auto-suspend",
        negatable = true,
        defaultValue = "true",
        fallbackValue = "true",
        description = "Suspend it when the applications run on the target (default: true).")
    private boolean autoSuspend;

    @Option(
        names = "--keep-base",
        negatable = true,
        defaultValue = "true",
        fallbackValue = "true",
        description = "Keep the newest snapshots, so that only changes are read (default: true).")
    private boolean keepBase;
  }

  @Command(
      name = "put",
      mixinStandardHelpOptions = true,
      description = "Make a schedule, or change it.")
  int put(
      @Parameters(paramLabel = "NAME", description = "Of the schedule.") String name,
      @Mixin When when,
      @Mixin Course course,
      @Mixin Choice choice,
      @Mixin ObjectChoice objects,
      @Mixin ObjectChanges changes,
      @Mixin Target target) {
    Map<String, Object> request = choice.request(name, "MIGRATION");
    request.remove("name");
    request.remove("kind");
    request.put("when", when.request());
    request.put("pair", course.pair);
    request.put("autoSuspend", course.autoSuspend);
    request.put("keepSnapshots", course.keepBase);
    objects.into(request);
    changes.into(request);
    return target.show(Migrator.of(target).put(path(name), request), _ -> name + " is kept.\n");
  }

  @Command(
      name = "suspend",
      mixinStandardHelpOptions = true,
      description = "Begin nothing until it is resumed; what runs goes on.")
  int suspend(
      @Parameters(paramLabel = "NAME", description = "Of the schedule.") String name,
      @Mixin Target target) {
    return target.show(
        Migrator.of(target).postJson(path(name) + "/suspend", Map.of(), Map.of()),
        _ -> name + " is suspended.\n");
  }

  @Command(name = "resume", mixinStandardHelpOptions = true, description = "Go on with it.")
  int resume(
      @Parameters(paramLabel = "NAME", description = "Of the schedule.") String name,
      @Mixin Target target) {
    return target.show(
        Migrator.of(target).postJson(path(name) + "/resume", Map.of(), Map.of()),
        _ -> name + " goes on.\n");
  }

  @Command(
      name = "delete",
      mixinStandardHelpOptions = true,
      description = "End it; its migrations and their backups stay.")
  int delete(
      @Parameters(paramLabel = "NAME", description = "Of the schedule.") String name,
      @Mixin Target target) {
    return target.show(Migrator.of(target).delete(path(name)), _ -> name + " is ended.\n");
  }

  static String path(String schedule) {
    return "/schedules/" + RestClient.encoded(schedule);
  }
}
