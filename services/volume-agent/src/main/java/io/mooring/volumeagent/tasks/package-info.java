/**
 * Work on the content of volumes that volume-manager has given to this node: a snapshot of a
 * detached volume, a restore, the filling of a new volume.
 *
 * <p>{@link io.mooring.volumeagent.tasks.VolumeTasks} hears of tasks in the states of volumes and
 * runs each on a thread of its own; {@link io.mooring.volumeagent.tasks.TaskWork} is what the kinds
 * differ in. A task can be begun again at any point, by this node or another.
 */
@NullMarked
package io.mooring.volumeagent.tasks;

import org.jspecify.annotations.NullMarked;
