/** Matrices, sequences and what they are computed with. */
@NullMarked
package io.quatrain.tensor;

import org.jspecify.annotations.NullMarked;
