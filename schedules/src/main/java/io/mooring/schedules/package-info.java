/**
 * When something is due again and again, as people write it, as it is kept on control topics, and
 * as it is reckoned with. Pure: whoever asks brings the time.
 */
@NullMarked
package io.mooring.schedules;

import org.jspecify.annotations.NullMarked;
