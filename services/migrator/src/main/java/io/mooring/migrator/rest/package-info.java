/** What people and other migrators can ask for over HTTP. */
@NullMarked
package io.mooring.migrator.rest;

import org.jspecify.annotations.NullMarked;
