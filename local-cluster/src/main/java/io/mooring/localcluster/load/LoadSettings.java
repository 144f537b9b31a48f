package io.mooring.localcluster.load;

/**
 * What to load.
 *
 * @param bootstrapServers the cluster
 * @param topic topic, which exists
 * @param partitions its partitions
 * @param recordsPerSecond rate to keep to, over all partitions
 * @param seed seed of the content
 */
public record LoadSettings(
    String bootstrapServers, String topic, int partitions, int recordsPerSecond, long seed) {}
