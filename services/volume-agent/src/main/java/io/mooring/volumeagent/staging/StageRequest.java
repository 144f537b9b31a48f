package io.mooring.volumeagent.staging;

import java.nio.file.Path;

/**
 * Attach a volume and prepare it for the pods of this node.
 *
 * @param epoch attachment that the controller has granted
 */
public record StageRequest(String volumeId, long epoch, Path stagingPath, Access access) {}
