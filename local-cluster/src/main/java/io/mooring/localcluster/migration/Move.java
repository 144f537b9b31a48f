package io.mooring.localcluster.migration;

import io.mooring.localcluster.report.Step;
import java.util.List;

/**
 * One migration of a failover, as its side tells of it.
 *
 * @param purpose for people: what it is for
 * @param steps on its own clock
 * @param sent bytes to the object store
 * @param fetched bytes from the object store by the other side
 */
record Move(String purpose, Leg.Row row, List<Step> steps, long sent, long fetched) {}
