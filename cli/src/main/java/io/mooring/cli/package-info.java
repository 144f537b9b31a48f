/**
 * The {@code mooring} command: talks to the services as any other client does, over REST, and shows
 * their answers as tables for people or as JSON for programs.
 */
@NullMarked
package io.mooring.cli;

import org.jspecify.annotations.NullMarked;
