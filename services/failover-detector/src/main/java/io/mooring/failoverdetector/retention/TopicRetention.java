package io.mooring.failoverdetector.retention;

import java.util.Arrays;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.TopicConfig;

/**
 * What Kafka deletes of a topic's logs by itself. A negative number is no limit.
 *
 * @param bytesMax a log that is larger loses its oldest segments
 * @param ageMsMax so do logs whose oldest segments are older
 * @param segmentBytes size at which a segment is closed; nothing smaller is deleted
 * @param segmentMs age at which it is closed
 * @param deleteDelayMs after that time a deleted segment's file is gone
 */
public record TopicRetention(
    long bytesMax, long ageMsMax, long segmentBytes, long segmentMs, long deleteDelayMs) {

  /** Parts of the retention time for which it is asked what expires. */
  public static final int PARTS = 12;

  /** A topic of which nothing is known keeps everything. */
  public static final TopicRetention NONE = new TopicRetention(-1, -1, 0, 0, 0);

  static TopicRetention of(Config config) {
    var policies =
        Arrays.asList(text(config, TopicConfig.CLEANUP_POLICY_CONFIG).split("\\s*,\\s*"));
    // What is in tiered storage is only deleted here once it has been copied, which may fail.
    boolean tiered =
        Boolean.parseBoolean(text(config, TopicConfig.REMOTE_LOG_STORAGE_ENABLE_CONFIG));
    boolean deleted = policies.contains(TopicConfig.CLEANUP_POLICY_DELETE) && !tiered;
    // In a compacted log the older part is thinner, so offsets do not tell how many bytes expire.
    boolean compacted = policies.contains(TopicConfig.CLEANUP_POLICY_COMPACT);
    return new TopicRetention(
        deleted ? number(config, TopicConfig.RETENTION_BYTES_CONFIG, -1) : -1,
        deleted && !compacted ? number(config, TopicConfig.RETENTION_MS_CONFIG, -1) : -1,
        number(config, TopicConfig.SEGMENT_BYTES_CONFIG, 0),
        number(config, TopicConfig.SEGMENT_MS_CONFIG, 0),
        number(config, TopicConfig.FILE_DELETE_DELAY_MS_CONFIG, 0));
  }

  private static String text(Config config, String key) {
    ConfigEntry entry = config.get(key);
    return entry == null || entry.value() == null ? "" : entry.value();
  }

  /** A number that the broker does not tell. */
  static long number(Config config, String key, long otherwise) {
    String text = text(config, key);
    return text.isEmpty() ? otherwise : Long.parseLong(text);
  }

  /** End of so many parts of the retention time, in ms from now. */
  public long expiredAfterMs(int parts) {
    return (long) (ageMsMax * (parts / (double) PARTS));
  }

  boolean limitsBytes() {
    return bytesMax >= 0;
  }

  boolean limitsAge() {
    return ageMsMax >= 0;
  }

  /** Whether nothing is ever deleted. */
  boolean isNone() {
    return !limitsBytes() && !limitsAge();
  }
}
