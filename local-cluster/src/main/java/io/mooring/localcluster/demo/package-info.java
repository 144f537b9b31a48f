/** The demonstration: a node dies under load, and everything that is claimed is checked. */
@NullMarked
package io.mooring.localcluster.demo;

import org.jspecify.annotations.NullMarked;
