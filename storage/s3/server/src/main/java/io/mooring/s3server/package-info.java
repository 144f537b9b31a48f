/** An S3 server for tests and benchmarks, as a process of its own. */
@NullMarked
package io.mooring.s3server;

import org.jspecify.annotations.NullMarked;
