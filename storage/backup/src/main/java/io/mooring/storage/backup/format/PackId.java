package io.mooring.storage.backup.format;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/**
 * A pack, named after the session that wrote it. Both parts are chance, so that no name is ever
 * used twice and a put may be repeated at will.
 */
public record PackId(UUID session, UUID pack) {

  public static final int BYTES = 32;
  private static final String FOLDER = "packs/";

  public String objectName() {
    return FOLDER + session + "/" + pack;
  }

  /** Where the packs of a session are. */
  public static String prefixOf(UUID session) {
    return FOLDER + session + "/";
  }

  /** Where all packs are. */
  public static String prefix() {
    return FOLDER;
  }

  /** The pack under an object's name, or empty if it is none. */
  public static Optional<PackId> ofObject(String name) {
    String[] parts = name.split("/");
    if (!name.startsWith(FOLDER) || parts.length != 3) {
      return Optional.empty();
    }
    try {
      PackId id = new PackId(UUID.fromString(parts[1]), UUID.fromString(parts[2]));
      return id.objectName().equals(name) ? Optional.of(id) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static PackId read(ByteBuffer from) {
    return new PackId(
        new UUID(from.getLong(), from.getLong()), new UUID(from.getLong(), from.getLong()));
  }

  void write(ByteBuffer to) {
    to.putLong(session.getMostSignificantBits()).putLong(session.getLeastSignificantBits());
    to.putLong(pack.getMostSignificantBits()).putLong(pack.getLeastSignificantBits());
  }
}
