/** Reads volumes, from this instance's stores or from the instance that has them. */
@NullMarked
package io.mooring.volumemanager.query;

import org.jspecify.annotations.NullMarked;
