package io.mooring.volumemanager.catalogue;

import io.mooring.volumemanager.volume.VolumeFact;

/** How a command was answered, kept for a while so that a repeat gets the same answer. */
public record Answer(VolumeFact fact, long epoch, long generation) {}
