/** {@code mooring get}, {@code mooring backup} and {@code mooring migrate}. */
@NullMarked
package io.mooring.cli.migrator;

import org.jspecify.annotations.NullMarked;
