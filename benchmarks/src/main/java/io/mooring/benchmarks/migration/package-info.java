/** {@code ./mooring bench migration}: volumes to an object store and back. */
@NullMarked
package io.mooring.benchmarks.migration;

import org.jspecify.annotations.NullMarked;
