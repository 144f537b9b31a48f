/**
 * The CSI node plugin: translates what the orchestrator asks for into requests to {@code staging},
 * and failures into the status codes that the CSI specification prescribes.
 */
@NullMarked
package io.mooring.volumeagent.csi;

import org.jspecify.annotations.NullMarked;
