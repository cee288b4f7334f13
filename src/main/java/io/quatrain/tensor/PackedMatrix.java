package io.quatrain.tensor;

import io.quatrain.kernel.Kernel;

/**
 * A matrix, or its transpose, copied into the panels that products read. Packing costs a sweep over the matrix, so it
 * is done once per update and used at every step.
 */
public final class PackedMatrix {
    private final Matrix source;
    private final boolean transposed;
    private final int rows;
    private final int inner;
    private final Object panels;
    private final Compute.Range range;

    public PackedMatrix(Matrix source, boolean transposed) {
        this.source = source;
        this.transposed = transposed;
        this.rows = transposed ? source.columns() : source.rows();
        this.inner = transposed ? source.rows() : source.columns();
        Kernel<Object> kernel = source.compute().arithmetic();
        this.panels = kernel.allocatePanels(rows, inner);
        this.range = (from, to) -> source.pack(transposed, this.rows, this.inner, this.panels, from, to);
        pack();
    }

    public int rows() {
        return rows;
    }

    public int inner() {
        return inner;
    }

    /** Copies the source's numbers of this moment. */
    public void pack() {
        source.compute().split(count(), 1, 2 * Compute.ELEMENT * rows * inner, range);
    }

    /** How many panels there are. */
    int count() {
        return source.compute().arithmetic().panels(rows);
    }

    Object panels() {
        return panels;
    }
}
