package io.mooring.storage.backup.format;

/** What a blob is; part of its name, so that one can never be passed off as another. */
public enum BlobType {
  CHUNK(1),
  PAGE(2),
  MAP(3),
  OBJECT(4);

  private final byte code;

  BlobType(int code) {
    this.code = (byte) code;
  }

  byte code() {
    return code;
  }

  static BlobType of(int code) {
    for (BlobType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw new IllegalArgumentException("blob type " + code);
  }
}
