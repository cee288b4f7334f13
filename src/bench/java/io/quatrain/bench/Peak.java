package io.quatrain.bench;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** How fast one core multiplies and adds float32 when nothing else hinders it: twelve independent chains. */
final class Peak {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static float sink;

    private Peak() {
    }

    static double flops(int steps) {
        return 2.0 * 12 * SPECIES.length() * steps;
    }

    static void run(int steps) {
        FloatVector x = FloatVector.broadcast(SPECIES, 0.999f);
        FloatVector y = FloatVector.broadcast(SPECIES, 1e-3f);
        FloatVector a = y.add(0f);
        FloatVector b = y.add(1f);
        FloatVector c = y.add(2f);
        FloatVector d = y.add(3f);
        FloatVector e = y.add(4f);
        FloatVector f = y.add(5f);
        FloatVector g = y.add(6f);
        FloatVector h = y.add(7f);
        FloatVector i = y.add(8f);
        FloatVector j = y.add(9f);
        FloatVector k = y.add(10f);
        FloatVector l = y.add(11f);
        for (int step = 0; step < steps; step++) {
            a = x.fma(y, a);
            b = x.fma(y, b);
            c = x.fma(y, c);
            d = x.fma(y, d);
            e = x.fma(y, e);
            f = x.fma(y, f);
            g = x.fma(y, g);
            h = x.fma(y, h);
            i = x.fma(y, i);
            j = x.fma(y, j);
            k = x.fma(y, k);
            l = x.fma(y, l);
        }
        FloatVector sum = a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).add(k).add(l);
        sink += sum.reduceLanes(VectorOperators.ADD);
    }
}
