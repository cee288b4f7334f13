package io.quatrain.experiment

import io.quatrain.architecture.Generation
import io.quatrain.format.quoted
import io.quatrain.text.Constraint
import io.quatrain.text.Vocabulary
import io.quatrain.text.verse.ChineseForm
import io.quatrain.text.verse.EnglishForm
import io.quatrain.text.verse.VerseConstraint
import io.quatrain.text.verse.VerseForm
import java.util.BitSet

/** Forms of verse in a word, for the command line. */
public object VerseForms {
    /** What [of] reads. */
    public const val HELP: String =
        "4x5: Chinese, 4 lines of 5 characters, even lines rhyme (also 五绝, 七绝, 五律, 七律); after it, as wanted, " +
            ":level or :oblique (tones of regulated verse, by the second character), :rhymed (the first line rhymes too), " +
            ":entering (characters of the old entering tone are oblique), :once (no character twice). " +
            "abab:20-40: English, a line for each letter (- rhymes with none), 20 to 40 characters long."

    private val NAMES = mapOf("五绝" to "4x5", "七绝" to "4x7", "五律" to "8x5", "七律" to "8x7")

    /**
     * A form.
     *
     * @param heads characters with which the lines begin, one each (藏头诗, an acrostic; English letters large or small)
     * @param firstLine the first line or its beginning; of a Chinese form, or the first lines with marks between
     * @throws IllegalArgumentException naming what is wrong, and what can be said
     */
    @JvmStatic
    @JvmOverloads
    public fun of(word: String, heads: String? = null, firstLine: String? = null): VerseForm {
        val parts = word.split(':')
        val english = Regex("(\\d{1,4})-(\\d{1,4})").matchEntire(parts.getOrElse(1) { "" })
        if (parts.size == 2 && english != null && Regex("[a-z-]+").matches(parts[0])) {
            var form = EnglishForm.of(parts[0], english.groupValues[1].toInt(), english.groupValues[2].toInt())
            if (heads != null) form = form.withHeads(heads)
            return if (firstLine != null) form.withFirstLine(firstLine) else form
        }
        val size = Regex("(\\d{1,3})x(\\d{1,3})").matchEntire(NAMES[parts[0]] ?: parts[0])
        val wishes = parts.drop(1).toSet()
        require(size != null && (wishes - setOf("level", "oblique", "rhymed", "entering", "once")).isEmpty()) { "no form ${quoted(word)}; say $HELP" }
        val (lines, characters) = size.groupValues.drop(1).map { it.toInt() }
        require(lines > 0) { "form $word: needs at least one line" }
        val toned = wishes.intersect(setOf("level", "oblique"))
        require(toned.size < 2) { "form $word: begins either level or oblique" }
        for (wish in listOf("rhymed", "entering")) require(wish !in wishes || toned.isNotEmpty()) { "form $word: $wish goes with level or oblique" }
        var form = if (toned.isEmpty()) ChineseForm.of(lines, characters)
        else ChineseForm.regulated(lines, characters, toned.single() == "level", "rhymed" in wishes)
        if ("entering" in wishes) form = form.withEnteringTone()
        if (heads != null) form = form.withHeads(heads)
        if (firstLine != null) form = form.withFirstLine(firstLine)
        return if ("once" in wishes) form.withoutRepeats() else form
    }

    /**
     * The form as a constraint for what a model writes; a model that knows no line feed writes a Chinese poem in one line, and given
     * characters are normalized as the model's text is (traditional ones simplified, say).
     *
     * @param banned texts whose tokens are never written
     */
    @JvmStatic
    @JvmOverloads
    public fun constraint(form: VerseForm, model: TrainedModel, banned: List<String> = emptyList()): VerseConstraint {
        val codec = requireNotNull(model.codec) { "this model does not write text" }
        val tokens = banned.flatMap { codec.encode(it).toList() }.toSet()
        if (form !is ChineseForm) return form.constraint(codec.vocabulary(), tokens)
        val inOneLine = codec.vocabulary().find("\n") == Vocabulary.NONE
        val lines = form.lines().map { if (inOneLine) ChineseForm.Line(it.characters(), it.mark().trim(), it.rhyme(), it.tones(), it.begins()) else it }
        return ChineseForm(lines, form.repeats(), form.entering()).withBeginnings { codec.normalization().apply(it) }.constraint(codec.vocabulary(), tokens)
    }

    /** Refuses a beginning with which no poem of the form begins, and a length that is too short for one. */
    internal fun refuseOther(constraint: VerseConstraint, model: TrainedModel, generation: Generation) {
        val codec = model.codec!!
        val prompt = codec.encode(generation.prompt).toList()
        val ids = prompt + codec.encode(generation.forced).toList()
        for (i in ids.indices) {
            val allowed = BitSet().apply { set(0, codec.vocabulary().size()) }
            constraint.narrow(ids.subList(0, i), allowed)
            val (what, at) = if (i < prompt.size) "the prompt ${quoted(generation.prompt)}" to i else "what is forced, ${quoted(generation.forced)}," to i - prompt.size
            require(allowed[ids[i]]) { "verse: $what leaves the form at its token ${at + 1}, ${quoted(codec.vocabulary().token(ids[i]))}" }
        }
        val fewest = constraint.fewest(prompt)
        require(generation.length >= fewest) { "verse: ${generation.length} tokens are too few for a poem of this form; let the length be at least $fewest" }
    }

    /** A constraint that does not see the first [tokens], which a model reads but does not show. */
    internal fun behind(tokens: Int, constraint: Constraint): Constraint =
        if (tokens == 0) constraint else Constraint { written, allowed -> constraint.narrow(written.subList(minOf(tokens, written.size), written.size), allowed) }
}
