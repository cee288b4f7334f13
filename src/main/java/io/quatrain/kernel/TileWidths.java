package io.quatrain.kernel;

/** How many columns become tiles: as the cheapest sum of the widths that there are. */
final class TileWidths {
    /** More columns than this begin with a bulk tile. */
    private static final int PLANNED = 60;

    private final int bulk;
    private final int[] first = new int[PLANNED + 1];

    /**
     * @param widths the bulk width first
     * @param costs what a tile of each width costs, in columns of the bulk tile (src/bench/NOTES.md)
     */
    TileWidths(int[] widths, double[] costs) {
        bulk = widths[0];
        double[] cost = new double[PLANNED + 1];
        for (int columns = 1; columns <= PLANNED; columns++) {
            cost[columns] = Double.POSITIVE_INFINITY;
            for (int i = 0; i < widths.length; i++) {
                int rest = columns - widths[i];
                if (rest >= 0 && costs[i] + cost[rest] < cost[columns]) {
                    cost[columns] = costs[i] + cost[rest];
                    first[columns] = widths[i];
                }
            }
        }
    }

    /** The width of the first tile of so many columns; 0 when they are no sum of widths. */
    int first(int columns) {
        return columns <= PLANNED ? first[columns] : bulk;
    }
}
