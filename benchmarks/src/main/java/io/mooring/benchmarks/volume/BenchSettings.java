package io.mooring.benchmarks.volume;

import java.nio.file.Path;
import java.util.List;

/**
 * What was asked for.
 *
 * @param home root of the repository
 * @param directory on the disk to measure; everything in it goes
 * @param rounds how often each contender has its turn
 * @param seconds how long fio measures
 * @param ingestBytes what a broker takes in each time
 * @param jvmOptions more options for Mooring's processes
 */
record BenchSettings(
    Path home,
    Path directory,
    int rounds,
    int seconds,
    long ingestBytes,
    List<String> jvmOptions) {}
