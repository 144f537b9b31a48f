package io.mooring.storage.backup.format;

import java.nio.ByteBuffer;

/** The first bytes of a pack, in the clear. */
record PackHeader(byte[] magic, short version, long keyId, PackId pack) {

  static PackHeader read(byte[] object) {
    ByteBuffer header = ByteBuffer.wrap(object, 0, PackBuilder.HEADER_BYTES);
    byte[] magic = new byte[PackBuilder.MAGIC.length];
    header.get(magic);
    short version = header.getShort();
    header.getShort();
    return new PackHeader(magic, version, header.getLong(), PackId.read(header));
  }
}
