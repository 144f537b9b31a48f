package io.mooring.localcluster.node;

/**
 * Identity and place of a node.
 *
 * @param name node id, e.g. {@code n1}
 * @param address address of its agent
 */
public record NodeSpec(String name, String address, String region, String zone, String rack) {}
