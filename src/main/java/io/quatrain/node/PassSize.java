package io.quatrain.node;

import java.util.HashMap;
import java.util.Map;

/**
 * What a pass is made for. Immutable; the {@code with} methods return changed copies.
 *
 * @param batch           examples side by side
 * @param steps           steps of every input that is a sequence, unless {@code stepsOf} says otherwise
 * @param stepsOf         steps of single inputs, by name
 * @param variableLengths whether lengths or masks will be given
 * @param differentiable  whether {@code backward} will be called
 * @param inputGradients  whether the gradients of inputs and initial states are wanted, too
 */
public record PassSize(int batch, int steps, Map<String, Integer> stepsOf, boolean variableLengths,
                       boolean differentiable, boolean inputGradients) {
    public PassSize {
        if (batch < 1 || steps < 1) {
            throw new IllegalArgumentException("batch and steps must be at least 1, got batch " + batch + ", steps " + steps);
        }
        stepsOf = Map.copyOf(stepsOf);
    }

    /** Forward only, every example of full length. */
    public static PassSize of(int batch, int steps) {
        return new PassSize(batch, steps, Map.of(), false, false, false);
    }

    public PassSize withSteps(String input, int steps) {
        Map<String, Integer> all = new HashMap<>(stepsOf);
        all.put(input, steps);
        return new PassSize(batch, this.steps, all, variableLengths, differentiable, inputGradients);
    }

    public PassSize withVariableLengths() {
        return new PassSize(batch, steps, stepsOf, true, differentiable, inputGradients);
    }

    /** Able to run backward. */
    public PassSize forTraining() {
        return new PassSize(batch, steps, stepsOf, variableLengths, true, inputGradients);
    }

    /** Able to run backward to the inputs and initial states. */
    public PassSize withInputGradients() {
        return new PassSize(batch, steps, stepsOf, variableLengths, true, true);
    }

    int steps(Graph.Input input) {
        return input.sequence() ? stepsOf.getOrDefault(input.name(), steps) : 1;
    }
}
