/** Tokenizers, vocabularies, corpora and samplers. */
@NullMarked
package io.quatrain.text;

import org.jspecify.annotations.NullMarked;
