/**
 * What a run shows: checks, timelines and measurements, as a table on the terminal, a JSON file for
 * programs and one self-contained HTML page with plots for people.
 */
@NullMarked
package io.mooring.localcluster.report;

import org.jspecify.annotations.NullMarked;
