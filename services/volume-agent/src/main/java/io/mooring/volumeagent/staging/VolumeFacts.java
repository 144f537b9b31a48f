package io.mooring.volumeagent.staging;

import io.mooring.schemas.FileSystem;
import java.util.Optional;

/** What staging needs to know about a volume from its state; empty while the state is not known. */
public interface VolumeFacts {

  Optional<FileSystem> fileSystem(String volumeId);

  /** Size that the volume should have. */
  Optional<Long> sizeBytes(String volumeId);
}
