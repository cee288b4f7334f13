/**
 * Verse in a declared form: a validator that says where a poem leaves it, and a constraint that keeps a model inside it while it writes.
 */
@NullMarked
package io.quatrain.text.verse;

import org.jspecify.annotations.NullMarked;
