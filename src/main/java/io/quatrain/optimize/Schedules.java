package io.quatrain.optimize;

/**
 * Learning rates that depend on nothing but the count of updates. t is the number of updates made before the one asked
 * about: 0 at the first, so t is PyTorch's count of {@code scheduler.step()} and Keras's {@code step}. Where a schedule is
 * meant to go by epochs, as PyTorch's often are, {@link LearningRate#perEpoch()} makes it.
 *
 * <p>{@link LearningRate} composes them: {@code linear(0, 0.1, 500).then(500, cosine(0.1, 0, 10_000))} warms up, then
 * falls.
 */
public final class Schedules {
    /** How a schedule goes from one value to another. */
    public enum Curve {
        COSINE {
            @Override
            double between(double from, double to, double share) {
                return to + (from - to) * (1 + Math.cos(Math.PI * share)) / 2;
            }
        },
        LINEAR {
            @Override
            double between(double from, double to, double share) {
                return from + (to - from) * share;
            }
        };

        abstract double between(double from, double to, double share);
    }

    private interface Count {
        double at(double t);
    }

    private Schedules() {
    }

    private static LearningRate of(Count count) {
        return (update, epoch) -> count.at(update - 1);
    }

    /** rate·factor^⌊t/every⌋. PyTorch's StepLR. */
    public static LearningRate step(double rate, double factor, long every) {
        Check.positive("every", every);
        return of(t -> rate * Math.pow(factor, Math.floor(t / every)));
    }

    /** rate·factor^(milestones ≤ t); a milestone named twice counts twice. PyTorch's MultiStepLR. */
    public static LearningRate multiStep(double rate, double factor, long... milestones) {
        long[] marks = milestones.clone();
        return of(t -> {
            int passed = 0;
            for (long mark : marks) {
                passed += mark <= t ? 1 : 0;
            }
            return rate * Math.pow(factor, passed);
        });
    }

    /** rate·factor^t. PyTorch's ExponentialLR. */
    public static LearningRate exponential(double rate, double factor) {
        return exponential(rate, factor, 1, false);
    }

    /** rate·factor^(t/every), the exponent rounded down on a staircase. Keras's ExponentialDecay. */
    public static LearningRate exponential(double rate, double factor, double every, boolean staircase) {
        Check.positive("every", every);
        return of(t -> rate * Math.pow(factor, staircase ? Math.floor(t / every) : t / every));
    }

    /** rate / (1 + decay·t/every), t/every rounded down on a staircase. Keras's InverseTimeDecay. */
    public static LearningRate inverseTime(double rate, double decay, double every, boolean staircase) {
        Check.positive("every", every);
        return of(t -> rate / (1 + decay * (staircase ? Math.floor(t / every) : t / every)));
    }

    /** values[i] while t ≤ boundaries[i], then the last value. Keras's PiecewiseConstantDecay. */
    public static LearningRate piecewise(long[] boundaries, double[] values) {
        if (values.length != boundaries.length + 1) {
            throw new IllegalArgumentException("piecewise: " + boundaries.length + " boundaries need "
                    + (boundaries.length + 1) + " values, got " + values.length);
        }
        long[] ends = boundaries.clone();
        double[] rates = values.clone();
        return of(t -> {
            int i = 0;
            while (i < ends.length && t > ends[i]) {
                i++;
            }
            return rates[i];
        });
    }

    /** From one rate to another in a straight line over {@code updates}, then that. PyTorch's LinearLR. */
    public static LearningRate linear(double from, double to, double updates) {
        Check.positive("updates", updates);
        return of(t -> from + (to - from) * Math.min(t, updates) / updates);
    }

    /**
     * end + (rate − end)·(1 − t/updates)^power, then {@code end}. Keras's PolynomialDecay; with end 0 PyTorch's
     * PolynomialLR.
     *
     * @param cycle begin again from a fraction of the way, over twice, three times … the updates, instead of staying at
     *              {@code end}
     */
    public static LearningRate polynomial(double rate, double end, double updates, double power, boolean cycle) {
        Check.positive("updates", updates);
        return of(t -> {
            double length = cycle ? updates * Math.max(1, Math.ceil(t / updates)) : updates;
            return end + (rate - end) * Math.pow(1 - Math.min(t, length) / length, power);
        });
    }

    /** least + (rate − least)·½(1 + cos(π·t/updates)), then {@code least}. Keras's CosineDecay, alpha = least/rate. */
    public static LearningRate cosine(double rate, double least, double updates) {
        Check.positive("updates", updates);
        return of(t -> Curve.COSINE.between(rate, least, Math.min(t, updates) / updates));
    }

    /** The same, rising again after {@code updates} to reach {@code rate} at twice that. PyTorch's CosineAnnealingLR. */
    public static LearningRate cosineWave(double rate, double least, double updates) {
        Check.positive("updates", updates);
        return of(t -> Curve.COSINE.between(rate, least, t / updates));
    }

    /**
     * A cosine that begins again (Loshchilov and Hutter 2017): the first fall takes {@code first} updates, each next one
     * {@code lengthen} times as long from a height {@code weaken} times as high. PyTorch's CosineAnnealingWarmRestarts
     * (weaken 1); Keras's CosineDecayRestarts (t_mul, m_mul).
     */
    public static LearningRate cosineRestarts(double rate, double least, double first, double lengthen, double weaken) {
        Check.positive("first", first);
        Check.require(lengthen >= 1, "lengthen", "must be 1 or more", lengthen);
        return of(t -> {
            double done = t;
            double length = first;
            double height = rate - least;
            if (lengthen == 1) {
                double falls = Math.floor(t / first);
                done -= falls * first;
                height *= Math.pow(weaken, falls);
            } else {
                while (done >= length) {
                    done -= length;
                    length *= lengthen;
                    height *= weaken;
                }
            }
            return Curve.COSINE.between(least + height, least, done / length);
        });
    }

    /** PyTorch's defaults: rise for 30 % of the updates from highest/25, fall to highest/250000, along cosines. */
    public static LearningRate oneCycle(double highest, long updates) {
        return oneCycle(highest, updates, 0.3, 25, 1e4, Curve.COSINE, false);
    }

    /**
     * Up to the highest rate, then down to almost nothing (Smith and Topin 2018). PyTorch's OneCycleLR.
     *
     * @param rise        the part of the updates that goes up, in [0, 1]
     * @param divide      begins at highest/divide
     * @param finalDivide ends at highest/divide/finalDivide
     * @param threePhases down to the beginning's rate in as many updates as up, then to the end's
     */
    public static LearningRate oneCycle(double highest, long updates, double rise, double divide, double finalDivide,
                                        Curve curve, boolean threePhases) {
        Check.positive("updates", updates);
        Check.require(rise >= 0 && rise <= 1, "rise", "must be in [0, 1]", rise);
        double first = highest / divide;
        double last = first / finalDivide;
        double top = rise * updates - 1;
        double back = 2 * rise * updates - 2;
        return of(given -> {
            double t = Math.min(given, updates);
            if (t <= top) {
                return curve.between(first, highest, t / top);
            }
            if (!threePhases) {
                return curve.between(highest, last, (t - top) / (updates - 1 - top));
            }
            return t <= back ? curve.between(highest, first, (t - top) / (back - top))
                    : curve.between(first, last, (t - back) / (updates - 1 - back));
        });
    }

    /**
     * Up and down between two rates (Smith 2017). PyTorch's CyclicLR: "triangular" has shrink 1 and fade 1,
     * "triangular2" shrink 0.5, "exp_range" fade gamma.
     *
     * @param shrink what the height is multiplied by after every cycle
     * @param fade   what the height is multiplied by after every update
     */
    public static LearningRate cyclic(double lowest, double highest, double up, double down, double shrink, double fade) {
        Check.positive("up", up);
        Check.positive("down", down);
        return of(t -> {
            double cycle = Math.floor(t / (up + down));
            double within = t / (up + down) - cycle;
            double share = up / (up + down);
            double height = within <= share ? within / share : (within - 1) / (share - 1);
            return lowest + (highest - lowest) * height * Math.pow(shrink, cycle) * Math.pow(fade, t);
        });
    }

    /** Straight up to {@code highest} over the warm-up, then highest·√(warmUp / (t + 1)) (Vaswani et al. 2017). */
    public static LearningRate inverseSquareRoot(double highest, double warmUp) {
        Check.positive("warm-up", warmUp);
        return of(t -> highest * Math.min((t + 1) / warmUp, Math.sqrt(warmUp / (t + 1))));
    }
}
