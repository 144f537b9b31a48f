package io.mooring.volumeagent.volumes;

import io.mooring.schemas.EventHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Hears what becomes of the volumes that concern this node. Called by one thread; must not block.
 */
public interface VolumeListener {

  /** A volume that concerns this node, or of which it has something, has a new state. */
  void onVolume(KnownVolume volume);

  /** A volume of which this node has something was deleted. */
  void onDeleted(String volumeId, @Nullable EventHeaders headers);
}
