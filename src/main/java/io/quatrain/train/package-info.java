/** The training loop, batches, metrics and checkpoints. */
@NullMarked
package io.quatrain.train;

import org.jspecify.annotations.NullMarked;
