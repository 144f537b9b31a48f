/**
 * Heads of the volumes that are attached here: opened when the orchestrator stages a volume, shown
 * to the kernel as block devices, taken over after a crash of the agent.
 */
@NullMarked
package io.mooring.volumeagent.heads;

import org.jspecify.annotations.NullMarked;
