package io.quatrain.train;

/** Sequences of columns of numbers. */
public non-sealed interface NumberSeries extends Series {
    /** Numbers in a column. */
    int features();

    double value(int example, int step, int feature);

    /** @param sequences of each example step after step, {@code features} numbers each */
    static NumberSeries of(float[][] sequences, int features) {
        for (int i = 0; i < sequences.length; i++) {
            if (features < 1 || sequences[i].length % features != 0) {
                throw new IllegalArgumentException("example " + i + ": " + sequences[i].length
                        + " numbers are no whole columns of " + features);
            }
        }
        return new NumberSeries() {
            @Override
            public int size() {
                return sequences.length;
            }

            @Override
            public int length(int example) {
                return sequences[example].length / features;
            }

            @Override
            public int features() {
                return features;
            }

            @Override
            public double value(int example, int step, int feature) {
                return sequences[example][step * features + feature];
            }
        };
    }

    /**
     * Windows of one long series: example i is columns i·stride + shift … i·stride + shift + length − 1.
     *
     * @param series step after step, {@code features} numbers each
     */
    static NumberSeries windows(double[] series, int features, int count, int stride, int shift, int length) {
        long needed = count < 1 ? 0 : ((long) (count - 1) * stride + shift + length) * features;
        if (features < 1 || stride < 1 || shift < 0 || length < 1 || needed > series.length) {
            throw new IllegalArgumentException(count + " windows of " + length + " steps, stride " + stride + ", shift "
                    + shift + ", " + features + " features do not fit into " + series.length + " numbers");
        }
        return new NumberSeries() {
            @Override
            public int size() {
                return count;
            }

            @Override
            public int length(int example) {
                return length;
            }

            @Override
            public int features() {
                return features;
            }

            @Override
            public double value(int example, int step, int feature) {
                return series[(example * stride + shift + step) * features + feature];
            }
        };
    }

    /**
     * Images of bytes: a row is a step, its pixels divided by 255 are the features.
     *
     * @param bytes image after image, row after row
     * @param from  the first image that is meant
     */
    static NumberSeries ofBytes(byte[] bytes, int rows, int columns, int from, int count) {
        if (rows < 1 || columns < 1 || from < 0 || count < 0 || ((long) from + count) * rows * columns > bytes.length) {
            throw new IllegalArgumentException(count + " images of " + rows + " × " + columns + " from image " + from
                    + " do not fit into " + bytes.length + " bytes");
        }
        return new NumberSeries() {
            @Override
            public int size() {
                return count;
            }

            @Override
            public int length(int example) {
                return rows;
            }

            @Override
            public int features() {
                return columns;
            }

            @Override
            public double value(int example, int step, int feature) {
                return (bytes[((from + example) * rows + step) * columns + feature] & 0xff) / 255.0;
            }
        };
    }
}
