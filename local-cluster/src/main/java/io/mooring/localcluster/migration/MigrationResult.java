package io.mooring.localcluster.migration;

import io.mooring.localcluster.load.AckTimes;
import io.mooring.localcluster.load.LedgerVerdict;
import io.mooring.localcluster.report.Check;
import java.util.List;

/**
 * Everything the demonstration has seen; written as JSON as it is.
 *
 * @param held whether every check held
 * @param startedAt ISO 8601
 * @param machine processors and memory
 * @param migrations in order
 * @param before how the source served before the first of them
 * @param source the audit of the source at the end
 * @param failedSends records that the source's producer gave up on
 * @param readByGroup records that the consumer group has read on the source
 * @param load acknowledgements of the source over time
 * @param checks all checks
 */
record MigrationResult(
    boolean held,
    String startedAt,
    String machine,
    List<Leg> migrations,
    Leg.Serving before,
    LedgerVerdict source,
    long failedSends,
    long readByGroup,
    List<AckTimes.Bucket> load,
    List<Check> checks) {}
