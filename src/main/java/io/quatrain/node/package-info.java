/** The graph and its layers: forward and backward passes, written by hand. */
@NullMarked
package io.quatrain.node;

import org.jspecify.annotations.NullMarked;
