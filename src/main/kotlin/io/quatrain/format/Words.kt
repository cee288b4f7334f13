package io.quatrain.format

/** The word of [known] that a person most likely meant by [word], or null when none is near. */
public fun nearestWord(word: String, known: Collection<String>): String? {
    if (word.length > LONGEST_WORD) return null
    val wanted = word.lowercase()
    return known.filter { it.length <= LONGEST_WORD }
        .map { it to editDistance(wanted, it.lowercase()) }
        .filter { (candidate, distance) -> distance <= maxOf(1, minOf(candidate.length, word.length) / 3) }
        .filter { (candidate, distance) -> distance < maxOf(candidate.length, word.length) }
        .minByOrNull { (_, distance) -> distance }
        ?.first
}

/** `unknown layer type "Lstm"; did you mean "lstm"? known: dense, lstm` */
internal fun unknownWord(what: String, word: String, known: Collection<String>, list: Boolean): String = buildString {
    append("unknown ").append(what).append(' ').append(quoted(word))
    word.codePoints().filter { it > 0x7f && Character.isLetter(it) }.findFirst()
        .ifPresent { if (word.length <= LONGEST_WORD) append(" (with the letter U+%04X)".format(it)) }
    nearestWord(word, known)?.let { append("; did you mean ").append(quoted(it)).append('?') }
    if (list) append(if (endsWith('?')) " known: " else "; known: ").append(known.sorted().joinToString(", "))
}

/**
 * Damerau–Levenshtein distance (restricted): insertions, deletions, substitutions and swaps of neighbours.
 *
 *     d(i, j) = min( d(i−1, j) + 1,  d(i, j−1) + 1,  d(i−1, j−1) + [a_i ≠ b_j],  d(i−2, j−2) + 1 if swapped )
 */
internal fun editDistance(a: String, b: String): Int {
    val distance = Array(a.length + 1) { i -> IntArray(b.length + 1) { j -> if (i == 0) j else if (j == 0) i else 0 } }
    for (i in 1..a.length) for (j in 1..b.length) {
        val substitution = if (a[i - 1] == b[j - 1]) 0 else 1
        var least = minOf(distance[i - 1][j] + 1, distance[i][j - 1] + 1, distance[i - 1][j - 1] + substitution)
        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) least = minOf(least, distance[i - 2][j - 2] + 1)
        distance[i][j] = least
    }
    return distance[a.length][b.length]
}

/** [text] in double quotes, fit for one line of a message: shortened, and what does not print is escaped. */
internal fun quoted(text: String): String = "\"" + printable(text, longest = 60).replace("\"", "\\\"") + "\""

/** [text] with everything that could disturb a terminal or a line written as `\u....`. */
internal fun printable(text: String, longest: Int = Int.MAX_VALUE): String = buildString {
    var at = 0
    var count = 0
    while (at < text.length) {
        if (count++ == longest) { append('…'); break }
        val point = text.codePointAt(at)
        if (prints(point)) appendCodePoint(point) else Character.toChars(point).forEach { append("\\u%04x".format(it.code)) }
        at += Character.charCount(point)
    }
}

private fun prints(point: Int): Boolean = when (Character.getType(point).toByte()) {
    Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false
    else -> true
}

private const val LONGEST_WORD = 64
