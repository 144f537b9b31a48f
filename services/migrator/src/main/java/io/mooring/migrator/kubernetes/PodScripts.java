package io.mooring.migrator.kubernetes;

import java.util.List;

/**
 * What is run in pods, for any POSIX shell. A command is begun by one call and goes on by itself,
 * whatever becomes of who began it; all that is known about it lies in a directory of the pod,
 * {@code mooring-ID}, which is made once. So beginning a command again does nothing, and whoever
 * knows its id can ask how it goes, and end it.
 *
 * <p>In the directory: {@code worker}, the process that runs it (id, time of its start, group or 0
 * if it has none of its own, id of the command); {@code ready}, while the command waits; {@code
 * exit}, once it has ended; {@code late}, if it took too long; {@code out}. A process is known by
 * its id and its start, since ids are given again, and directories may outlive a container.
 */
final class PodScripts {

  private static final String COMMON =
      """
      for base in $1; do [ -w "$base" ] && break; done
      d=$base/mooring-$2
      who() {
        { read -r line <"/proc/$1/stat"; } 2>/dev/null || return
        set -- ${line##*) }
        [ "$1" = Z ] || echo "${20} $3"
      }
      alive() {
        { read -r worker started group command <"$d/worker"; } 2>/dev/null || return 1
        set -- $(who "$worker")
        [ "${1-}" = "$started" ]
      }
      shortly() { sleep 0.1 2>/dev/null || sleep 1; }
      """;

  private static final String WORKER =
      """
      trap '' HUP
      d=$1
      { read -r line <"/proc/$$/stat"; } 2>/dev/null
      set -- "$1" "$2" "$3" "$4" ${line##*) }
      started=${24} group=$7
      [ "$group" = $$ ] || [ "$group" = "$4" ] || group=0
      sh -c "$3" >"$d/out" 2>&1 </dev/null &
      command=$!
      echo "$$ $started $group $command" >"$d/worker.new"
      mv "$d/worker.new" "$d/worker"
      (
        n=0
        while [ $n -lt "$2" ] && [ -d "$d" ] && [ ! -e "$d/exit" ]; do
          sleep 1
          n=$((n + 1))
        done
        if [ -d "$d" ] && [ ! -e "$d/exit" ]; then
          echo late >"$d/late"
          if [ "$group" = 0 ]; then kill -KILL $command; else kill -KILL "-$group"; fi
        fi
      ) &
      wait $command
      code=$?
      [ -d "$d" ] && echo $code >"$d/exit.new" && mv "$d/exit.new" "$d/exit"
      wait
      """;

  private static final String BEGIN =
      COMMON
          + """
          export POD_NAME=$5 POD_NAMESPACE=$6 DATA_DIR=$7 DATA_DIRS=$8
          if ! mkdir "$d" 2>/dev/null; then
            [ -d "$d" ] && exit 0
            echo "none of $1 can be written to"
            exit 1
          fi
          chmod 700 "$d"
          printf '%s\\n' '#!/bin/sh' "touch '$d/ready'" \
            "while [ -e '$d/ready' ]; do sleep 0.1 2>/dev/null || sleep 1; done" >"$d/wait"
          mark='${WAIT_CMD}' rest=$4 text=
          while :; do
            case $rest in
              *"$mark"*) text=$text${rest%%"$mark"*}"sh $d/wait" rest=${rest#*"$mark"} ;;
              *) break ;;
            esac
          done
          text=$text$rest
          own=
          command -v setsid >/dev/null 2>&1 && own=setsid
          $own sh -c "$9" mooring "$d" "$3" "$text" $$ >/dev/null 2>&1 </dev/null &
          n=0
          while [ ! -e "$d/worker" ] && [ $n -lt 50 ]; do shortly; n=$((n + 1)); done
          [ -e "$d/worker" ]
          """;

  private static final String STATUS =
      COMMON
          + """
          [ -d "$d" ] || { echo GONE; exit 0; }
          state=LOST
          alive && state=RUNNING
          if [ -e "$d/late" ]; then
            state=LATE
          elif [ -e "$d/exit" ]; then
            read -r code <"$d/exit"
            state="ENDED $code"
          elif [ $state = RUNNING ] && [ -e "$d/ready" ]; then
            state=READY
          fi
          echo "$state"
          tail -c 4096 "$d/out" 2>/dev/null
          exit 0
          """;

  private static final String END =
      COMMON
          + """
          [ -d "$d" ] || exit 0
          rm -f "$d/ready"
          running() { [ ! -e "$d/exit" ] && alive; }
          n=0
          while running && [ $n -lt 20 ]; do shortly; n=$((n + 1)); done
          if running; then
            all=-$group
            [ "$group" = 0 ] && all="$command $worker"
            kill -TERM $all 2>/dev/null
            n=0
            while kill -0 $all 2>/dev/null && [ $n -lt 10 ]; do shortly; n=$((n + 1)); done
            kill -KILL $all 2>/dev/null
          fi
          rm -rf "$d"
          exit 0
          """;

  private final String bases;

  /** Where containers can usually write, also those whose own file system is read-only. */
  PodScripts() {
    this("/tmp /dev/shm");
  }

  /**
   * @param bases directories of which the first one that can be written to is used, between blanks
   */
  PodScripts(String bases) {
    this.bases = bases;
  }

  /**
   * What a command sees of its pod.
   *
   * @param dataDirs where the container has its volumes of Mooring, the first one first
   */
  record Place(String pod, String namespace, List<String> dataDirs) {}

  /** Begins a command; one that was begun before is left alone. */
  List<String> begin(String id, long timeoutSeconds, String command, Place place) {
    return List.of(
        "sh",
        "-c",
        BEGIN,
        "mooring",
        bases,
        id,
        Long.toString(timeoutSeconds),
        command,
        place.pod(),
        place.namespace(),
        place.dataDirs().isEmpty() ? "" : place.dataDirs().getFirst(),
        String.join(" ", place.dataDirs()),
        WORKER);
  }

  /**
   * Asks how a command goes. The first line of the answer is GONE (never begun or forgotten),
   * RUNNING, READY (it waits), LATE (it took too long and was ended), LOST (it is no more, and
   * never said how it ended) or ENDED with its exit status. The end of its output follows.
   */
  List<String> status(String id) {
    return List.of("sh", "-c", STATUS, "mooring", bases, id);
  }

  /** Lets a command that waits go on, ends it if it does not end by itself, and forgets it. */
  List<String> end(String id) {
    return List.of("sh", "-c", END, "mooring", bases, id);
  }
}
