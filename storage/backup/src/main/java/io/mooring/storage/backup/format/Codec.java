package io.mooring.storage.backup.format;

/** How the content of new blobs is compressed. What is stored tells by itself, blob by blob. */
public enum Codec {
  /** Zstandard at its fastest regular level, where it saves something. */
  ZSTD,

  /** Not at all: for content that producers have compressed, it saves processor time. */
  NONE
}
