/** The REST door: for people, scripts and the other instances of this service. */
@NullMarked
package io.mooring.volumemanager.rest;

import org.jspecify.annotations.NullMarked;
