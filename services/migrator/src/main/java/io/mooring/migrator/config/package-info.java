/** What can be set, checked as a whole before anything starts. */
@NullMarked
package io.mooring.migrator.config;

import org.jspecify.annotations.NullMarked;
