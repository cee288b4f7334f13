/** Trained models at work: writing token by token, scoring, beam search, classification, forecasts. */
@NullMarked
package io.quatrain.generate;

import org.jspecify.annotations.NullMarked;
