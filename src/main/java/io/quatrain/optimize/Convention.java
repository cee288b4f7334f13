package io.quatrain.optimize;

/**
 * Whose reading of an algorithm an optimizer follows, where frameworks disagree: where epsilon stands, what the first
 * step does, whether momentum carries the learning rate. Each optimizer's page says what it changes; one that does not
 * mention a convention is the same in all.
 */
public enum Convention {
    PYTORCH, KERAS, ONNX
}
