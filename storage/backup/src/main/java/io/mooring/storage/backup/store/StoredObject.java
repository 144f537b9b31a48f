package io.mooring.storage.backup.store;

/** An object as a listing tells of it. */
public record StoredObject(String name, long sizeBytes) {}
