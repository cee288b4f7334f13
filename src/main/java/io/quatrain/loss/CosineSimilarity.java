package io.quatrain.loss;

/**
 * Minus the cosine of the angle between a column and its target, −(y·t) / (‖y‖·‖t‖): −1 where they point the same way. A norm
 * below 1e-7 counts as 1e-7.
 *
 * <p>Keras's CosineSimilarity; PyTorch's CosineEmbeddingLoss for pairs that belong together is 1 more.
 */
public final class CosineSimilarity extends ValueLoss {
    private static final double LEAST_NORM = 1e-7;

    @Override
    protected double loss(double[] y, double[] target, double[] dy, int n) {
        double product = 0;
        double squares = 0;
        double targetSquares = 0;
        for (int r = 0; r < n; r++) {
            product += y[r] * target[r];
            squares += y[r] * y[r];
            targetSquares += target[r] * target[r];
        }
        double norm = Math.max(LEAST_NORM, Math.sqrt(squares));
        double scale = 1 / (norm * Math.max(LEAST_NORM, Math.sqrt(targetSquares)));
        double along = norm > LEAST_NORM ? product / squares : 0;          // ∂‖y‖/∂y = y/‖y‖
        for (int r = 0; r < n; r++) {
            dy[r] = scale * (along * y[r] - target[r]);
        }
        return -product * scale;
    }
}
