package io.quatrain.optimize;

import java.util.Arrays;

/** Two learning rates as one: both observe, and the state is the first's, then the second's. */
abstract class Composed implements LearningRate {
    final LearningRate first;
    final LearningRate second;

    Composed(LearningRate first, LearningRate second) {
        this.first = first;
        this.second = second;
    }

    @Override
    public void observe(double validationLoss) {
        first.observe(validationLoss);
        second.observe(validationLoss);
    }

    @Override
    public double[] state() {
        double[] one = first.state();
        double[] other = second.state();
        double[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    @Override
    public void restore(double[] state) {
        int ownLength = first.state().length;
        if (state.length != ownLength + second.state().length) {
            throw new IllegalArgumentException("this learning rate remembers " + (ownLength + second.state().length)
                    + " numbers, given " + state.length);
        }
        first.restore(Arrays.copyOf(state, ownLength));
        second.restore(Arrays.copyOfRange(state, ownLength, state.length));
    }
}
