package io.quatrain.tensor;

/** The width of the numbers a model computes with. */
public enum Precision {
    /** Single precision: for training and use. */
    FLOAT32,
    /** Double precision: for proofs (gradient checks, golden values). */
    FLOAT64
}
