package io.quatrain.experiment

import java.nio.file.Files
import java.nio.file.Path
import java.util.Locale
import kotlin.math.ceil
import kotlin.math.floor
import kotlin.math.ln
import kotlin.math.log10
import kotlin.math.pow

/** Lines over updates as a picture in SVG. */
public class CurveChart(private val lines: List<Line>, private val title: String = "", private val logarithmic: Boolean = false) {
    /** One line: a point for each of [xs]. */
    public data class Line(val name: String, val xs: List<Double>, val ys: List<Double>)

    private val left = lines.minOf { it.xs.min() }.coerceAtMost(0.0)
    private val right = lines.maxOf { it.xs.max() }.let { if (it > left) it else left + 1 }
    private val values = lines.flatMap { it.ys }.filter { !logarithmic || it > 0 }
    private val low: Double
    private val high: Double
    private val ticks: List<Double>

    init {
        require(values.isNotEmpty()) { "there is nothing to draw" }
        if (logarithmic) {
            low = 10.0.pow(floor(log10(values.min())))
            high = 10.0.pow(ceil(log10(values.max()))).let { if (it > low) it else low * 10 }
            ticks = generateSequence(low) { it * 10 }.takeWhile { it <= high * 1.0001 }.toList()
        } else {
            val far = values.min() > 0 && values.max() - values.min() < values.max() / 4     // from 0 on there would be nothing to see
            val least = if (far) values.min() else minOf(0.0, values.min())
            val step = step((values.max() - least).let { if (it > 0) it else values.max().let { max -> if (max > 0) max else 1.0 } })
            low = floor(least / step + 1e-9) * step
            high = maxOf(ceil(values.max() / step) * step, low + step)
            ticks = (0..((high - low) / step + 0.5).toInt()).map { low + it * step }
        }
    }

    /** The picture. */
    public fun svg(): String = buildString {
        append("""<svg xmlns="http://www.w3.org/2000/svg" width="$WIDTH" height="$HEIGHT" viewBox="0 0 $WIDTH $HEIGHT" font-family="sans-serif" font-size="12">""").append('\n')
        append("""<rect width="$WIDTH" height="$HEIGHT" fill="#ffffff"/>""").append('\n')
        if (title.isNotEmpty()) append("""<text x="$LEFT" y="18" font-size="14" fill="#222222">${escaped(title)}</text>""").append('\n')
        for (tick in ticks) {
            append("""<line x1="$LEFT" y1="${n(y(tick))}" x2="${WIDTH - RIGHT}" y2="${n(y(tick))}" stroke="#dddddd"/>""").append('\n')
            append("""<text x="${LEFT - 6}" y="${n(y(tick) + 4)}" text-anchor="end" fill="#555555">${number(tick)}</text>""").append('\n')
        }
        val step = step(right - left)
        for (i in ceil(left / step).toInt()..floor(right / step + 1e-9).toInt()) {
            append("""<text x="${n(x(i * step))}" y="${HEIGHT - 24}" text-anchor="middle" fill="#555555">${number(i * step)}</text>""").append('\n')
        }
        append("""<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle" fill="#555555">updates</text>""").append('\n')
        val corner = if (endsHigh()) HEIGHT - BOTTOM - 16 * lines.size else TOP + 8
        lines.forEachIndexed { i, line ->
            val points = thinned(line).joinToString(" ") { (x, y) -> "${n(x(x))},${n(y(y))}" }
            append("""<polyline points="$points" fill="none" stroke="${COLORS[i % COLORS.size]}" stroke-width="1.5"/>""").append('\n')
            val place = corner + 16 * i
            append("""<line x1="${WIDTH - RIGHT - 130}" y1="$place" x2="${WIDTH - RIGHT - 110}" y2="$place" stroke="${COLORS[i % COLORS.size]}" stroke-width="3"/>""").append('\n')
            append("""<text x="${WIDTH - RIGHT - 104}" y="${place + 4}" fill="#222222">${escaped(line.name)}</text>""").append('\n')
        }
        append("</svg>\n")
    }

    /** Whether the lines pass through the upper right corner, where names stand otherwise. */
    private fun endsHigh(): Boolean {
        val ends = lines.flatMap { it.xs.zip(it.ys) }.filter { (at, value) -> x(at) > WIDTH - RIGHT - 140 && (!logarithmic || value > 0) }.map { (_, value) -> y(value) }
        return ends.isNotEmpty() && ends.average() < (TOP + HEIGHT - BOTTOM) / 2
    }

    /** No more points than the picture has columns: means of neighbours. */
    private fun thinned(line: Line): List<Pair<Double, Double>> {
        val points = line.xs.zip(line.ys).filter { !logarithmic || it.second > 0 }
        val columns = (WIDTH - LEFT - RIGHT) / 2
        return points.groupBy { ((it.first - left) / (right - left) * columns).toInt() }.toSortedMap().values
            .map { group -> group.map { it.first }.average() to group.map { it.second }.average() }
    }

    private fun x(value: Double) = LEFT + (value - left) / (right - left) * (WIDTH - LEFT - RIGHT)

    private fun y(value: Double): Double {
        val share = if (logarithmic) ln(value / low) / ln(high / low) else (value - low) / (high - low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
    }

    private fun step(range: Double): Double {
        val rough = range / 6
        val power = 10.0.pow(floor(log10(rough)))
        return power * listOf(1.0, 2.0, 5.0, 10.0).first { it * power >= rough * 0.999 }
    }

    private fun n(value: Double) = "%.1f".format(Locale.ROOT, value)

    private fun number(value: Double): String = when {
        value == 0.0 -> "0"
        value >= 1000 -> "%,.0f".format(Locale.ROOT, value)
        value in 0.0..1e-4 -> "%.1e".format(Locale.ROOT, value).replace(".0e", "e").replace("e-0", "e-")
        else -> "%.4g".format(Locale.ROOT, value).let { if ('.' in it && 'e' !in it) it.trimEnd('0').trimEnd('.') else it }
    }

    private fun escaped(text: String) = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    public companion object {
        private const val WIDTH = 720
        private const val HEIGHT = 360
        private const val LEFT = 64
        private const val RIGHT = 20
        private const val TOP = 30
        private const val BOTTOM = 44
        private val COLORS = listOf("#1f5fa8", "#d1662a", "#3a8f4d", "#8d4aa8", "#b03a48", "#777777")

        /**
         * Reads columns of the `progress.csv` of runs; a column that a run has nothing in is left out.
         *
         * @throws IllegalArgumentException naming a folder without one, or a column that none of them has
         */
        public fun read(folders: List<Path>, columns: List<String>): List<Line> {
            val files = folders.map { folder -> if (Files.isDirectory(folder)) folder.resolve(ProgressFile.NAME) else folder }
            val tables = files.map { file ->
                require(Files.isRegularFile(file)) { "$file: does not exist; a curve is drawn from the ${ProgressFile.NAME} that a run writes into its folder" }
                val rows = Files.readAllLines(file).map { it.split(',') }
                require(rows.isNotEmpty() && ProgressFile.isHead(rows[0])) { "$file: its first line must begin with \"${ProgressFile.HEAD.joinToString(",")}\"" }
                rows
            }
            val there = tables.flatMap { it[0].drop(1) }.distinct()
            columns.forEach { require(it in there) { "there is no column \"$it\"; there are ${there.joinToString()}" } }
            return tables.flatMapIndexed { run, rows -> columns.mapNotNull { column ->
                val place = rows[0].indexOf(column)
                if (place < 0) return@mapNotNull null
                val points = rows.drop(1).mapIndexedNotNull { i, row ->
                    val update = row[0].toDoubleOrNull()
                    val cell = row.getOrNull(place)
                    require(update != null && cell != null) { "${files[run]}:${i + 2}: is no line of ${rows[0].size} numbers" }
                    if (cell.isEmpty()) null else update to requireNotNull(cell.toDoubleOrNull()) { "${files[run]}:${i + 2}: \"$cell\" is no number" }
                }
                val folder = folders[run].fileName
                val name = if (folders.size == 1) column else if (columns.size == 1) "$folder" else "$folder $column"
                if (points.isEmpty()) null else Line(name, points.map { it.first }, points.map { it.second })
            } }
        }
    }
}
