package io.mooring.storage.replication;

/**
 * The part of the volume's state in the catalogue that the protocol needs. States arrive in the
 * order in which the catalogue made them durable; repeated ones do no harm.
 */
public record CatalogueState(Epoch epoch, HeadMessage.Membership membership) {}
