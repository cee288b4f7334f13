package io.quatrain.node;

import io.quatrain.tensor.Matrix;
import java.util.List;

/** How several values of the same steps become one. */
public enum Merge {
    /** One above the other, by rows. */
    CONCAT,
    SUM,
    MEAN,
    /** Elementwise product. */
    PRODUCT;

    int features(List<Signal> inputs) {
        return this == CONCAT ? inputs.stream().mapToInt(x -> x.value().features()).sum()
                : inputs.get(0).value().features();
    }

    void forward(List<Signal> inputs, Matrix y) {
        int row = 0;
        for (int i = 0; i < inputs.size(); i++) {
            Matrix x = inputs.get(i).value().all();
            if (this == CONCAT) {
                y.setRows(row, x);
                row += x.rows();
            } else if (i == 0) {
                y.set(x);
            } else if (this == PRODUCT) {
                y.multiply(x);
            } else {
                y.add(x);
            }
        }
        if (this == MEAN) {
            y.scale(1.0 / inputs.size());
        }
    }

    /** Adds to the gradient of every input that has one. {@code scratch} is of y's size. */
    void backward(List<Signal> inputs, Matrix dy, Matrix scratch) {
        int row = 0;
        for (int i = 0; i < inputs.size(); i++) {
            Matrix dx = inputs.get(i).gradient();
            int rows = inputs.get(i).value().features();
            if (dx != null) {
                switch (this) {
                    case CONCAT -> dx.addRows(dy, row);
                    case SUM -> dx.add(dy);
                    case MEAN -> dx.addScaled(1.0 / inputs.size(), dy);
                    case PRODUCT -> {
                        scratch.set(dy);
                        for (int j = 0; j < inputs.size(); j++) {
                            if (j != i) {
                                scratch.multiply(inputs.get(j).value().all());
                            }
                        }
                        dx.add(scratch);
                    }
                }
            }
            row += rows;
        }
    }
}
