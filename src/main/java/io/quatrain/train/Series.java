package io.quatrain.train;

/** One sequence for each of a number of examples, of {@link TokenSeries tokens} or of {@link NumberSeries numbers}. */
public sealed interface Series permits TokenSeries, NumberSeries {
    /** How many examples. */
    int size();

    /** How many steps an example has. */
    int length(int example);
}
