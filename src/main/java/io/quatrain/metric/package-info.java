/** What is told about a model's predictions, accumulated over batches. */
@NullMarked
package io.quatrain.metric;

import org.jspecify.annotations.NullMarked;
