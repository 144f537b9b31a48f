/** Backups in any store that speaks S3 and knows conditional writes. */
@NullMarked
package io.mooring.storage.s3;

import org.jspecify.annotations.NullMarked;
