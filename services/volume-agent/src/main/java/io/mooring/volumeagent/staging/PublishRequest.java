package io.mooring.volumeagent.staging;

import java.nio.file.Path;

/**
 * Show a staged volume to a pod.
 *
 * @param exclusive no second pod may see it
 */
public record PublishRequest(
    String volumeId, Path stagingPath, Path targetPath, Access access, boolean exclusive) {}
