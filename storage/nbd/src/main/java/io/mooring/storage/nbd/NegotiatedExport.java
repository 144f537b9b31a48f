package io.mooring.storage.nbd;

/**
 * What a handshake has agreed on.
 *
 * @param allocationContext whether BLOCK_STATUS may be asked, for {@code base:allocation}
 */
record NegotiatedExport(
    PublishedExport published, boolean structuredReplies, boolean allocationContext) {}
