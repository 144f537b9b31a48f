/**
 * When snapshots are taken by themselves, and which of them are kept. Pure: {@link
 * io.mooring.volumemanager.schedule.ScheduleRules} is given the time and the sets, and says what is
 * to be done.
 */
@NullMarked
package io.mooring.volumemanager.schedule;

import org.jspecify.annotations.NullMarked;
