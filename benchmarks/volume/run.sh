#!/bin/sh
# fio over NBD: Mooring with one and two replicas beside nbdkit, qemu-nbd and nbd-server.
# usage: run.sh [--json FILE] [--rounds N] [--seconds N] [--dir DIRECTORY]
# Needs the modules of storage/ compiled, and the Debian packages fio, nbdkit, qemu-utils, nbd-server.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
json=volume-bench.json
rounds=5
seconds=3
directory=${TMPDIR:-/var/tmp}/mooring-volume-bench

while [ $# -gt 0 ]; do
  case $1 in
    --json) json=$2; shift 2 ;;
    --rounds) rounds=$2; shift 2 ;;
    --seconds) seconds=$2; shift 2 ;;
    --dir) directory=$2; shift 2 ;;
    *) echo "unknown option $1; usage: run.sh [--json FILE] [--rounds N] [--seconds N] [--dir DIRECTORY]" >&2; exit 2 ;;
  esac
done

for tool in fio nbdkit qemu-nbd nbd-server; do
  command -v "$tool" > /dev/null || { echo "$tool is missing: apt-get install fio nbdkit qemu-utils nbd-server" >&2; exit 1; }
done

# JAVA_HOME if it is set, otherwise a JDK 25 where distributions put it.
java=
for candidate in ${JAVA_HOME:+"$JAVA_HOME"} /usr/lib/jvm/*25*; do
  if grep -q '^JAVA_VERSION="25' "$candidate/release" 2> /dev/null; then java=$candidate/bin/java; break; fi
done
[ -n "$java" ] || { echo "JDK 25 is missing: set JAVA_HOME to one" >&2; exit 1; }
classes=
for module in replication linux blockstore nbd engine; do
  compiled=$root/storage/$module/target/classes
  [ -d "$compiled" ] || { echo "storage/$module is not compiled: run ./mvnw -pl storage/engine -am compile" >&2; exit 1; }
  classes=$classes:$compiled
done
classes=${classes#:}

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT INT TERM
"${java}c" -d "$tools" -cp "$classes" "$here/ServeVolume.java" "$here/VolumeBench.java"
rm -rf "$directory"
"$java" -cp "$tools" VolumeBench "$directory" "$java" "$classes:$tools" "$rounds" "$seconds" "$json"
