/** Arithmetic on column-major arrays: one definition in double precision, one plain float version, one on the Vector API. */
@NullMarked
package io.quatrain.kernel;

import org.jspecify.annotations.NullMarked;
