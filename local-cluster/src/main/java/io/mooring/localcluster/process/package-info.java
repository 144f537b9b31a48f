/**
 * Processes of the local cluster: how a Java program is started, where its output goes, how it is
 * restarted in place when it crashes, and the class archives that make it start quickly.
 */
@NullMarked
package io.mooring.localcluster.process;

import org.jspecify.annotations.NullMarked;
