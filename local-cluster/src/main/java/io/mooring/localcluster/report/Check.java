package io.mooring.localcluster.report;

/**
 * One claim that a run has put to the test.
 *
 * @param name short name, stable: programs read it
 * @param held whether the claim held
 * @param detail what was seen, with numbers
 */
public record Check(String name, boolean held, String detail) {}
