/** Optimizers, schedules and clipping. */
@NullMarked
package io.quatrain.optimize;

import org.jspecify.annotations.NullMarked;
