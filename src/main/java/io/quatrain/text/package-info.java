/**
 * Text in, text out: reading files without trusting them, tokenizers, vocabularies, encoded corpora, loaders and
 * samplers. Knows nothing of the engine: it works on strings, token ids and arrays of numbers.
 * <pre>
 *   Text ──chunks──▶ Normalization ──▶ Tokenizer ──tokens──▶ Vocabulary ──ids──▶ EncodedCorpus
 *                    └──────────────── Codec ────────────────────────┘
 * </pre>
 * Everything that a model file must remember is plain data: {@link io.quatrain.text.TokenizerSpec}, the words of a
 * {@link io.quatrain.text.Normalization}, the tokens of a {@link io.quatrain.text.Vocabulary}.
 */
@NullMarked
package io.quatrain.text;

import org.jspecify.annotations.NullMarked;
