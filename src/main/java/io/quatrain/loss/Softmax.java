package io.quatrain.loss;

/** log Σ e^y without overflow. */
final class Softmax {
    private Softmax() {
    }

    static double logSumExp(double[] y, int n) {
        double max = Double.NEGATIVE_INFINITY;
        for (int r = 0; r < n; r++) {
            max = Math.max(max, y[r]);
        }
        double sum = 0;
        for (int r = 0; r < n; r++) {
            sum += Math.exp(y[r] - max);
        }
        return max + Math.log(sum);
    }
}
