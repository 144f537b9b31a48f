/**
 * Between the control topics and what is done about them: one instance decides, all work, and every
 * one knows the state.
 */
@NullMarked
package io.mooring.migrator.control;

import org.jspecify.annotations.NullMarked;
