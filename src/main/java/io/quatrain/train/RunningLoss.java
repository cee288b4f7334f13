package io.quatrain.train;

/** The mean loss per target over many updates: for each output Σ factor·weight·loss and Σ weight. */
final class RunningLoss {
    private final double[] totals;

    RunningLoss(int outputs) {
        totals = new double[2 * outputs];
    }

    void add(Judgement judgement) {
        for (int i = 0; i < totals.length / 2; i++) {
            totals[2 * i] += judgement.sum(i);
            totals[2 * i + 1] += judgement.weight(i);
        }
    }

    /** 0 before the first target that counts. */
    double mean() {
        double mean = 0;
        for (int i = 0; i < totals.length / 2; i++) {
            mean += totals[2 * i + 1] == 0 ? 0 : totals[2 * i] / totals[2 * i + 1];
        }
        return mean;
    }

    void clear() {
        java.util.Arrays.fill(totals, 0);
    }

    double[] state() {
        return totals.clone();
    }

    void restore(double[] state) {
        System.arraycopy(state, 0, totals, 0, totals.length);
    }
}
