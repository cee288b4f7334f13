/** Losses: a number to make small, and its gradient. */
@NullMarked
package io.quatrain.loss;

import org.jspecify.annotations.NullMarked;
