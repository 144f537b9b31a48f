package io.mooring.localcluster.load;

/**
 * What to load.
 *
 * @param bootstrapServers the cluster
 * @param topic topic, which exists
 * @param partitions its partitions
 * @param recordsPerSecond rate to begin with, over all partitions
 * @param seed seed of the content
 * @param recordBytes size of a record; 0 for one line each, of 100 to 120 bytes
 */
public record LoadSettings(
    String bootstrapServers,
    String topic,
    int partitions,
    int recordsPerSecond,
    long seed,
    int recordBytes) {

  public LoadSettings(
      String bootstrapServers, String topic, int partitions, int recordsPerSecond, long seed) {
    this(bootstrapServers, topic, partitions, recordsPerSecond, seed, 0);
  }
}
