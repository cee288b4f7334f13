package io.quatrain.cli

import io.quatrain.experiment.VerseForms
import io.quatrain.text.Text
import io.quatrain.text.verse.VerseForm
import picocli.CommandLine.Command
import picocli.CommandLine.Option
import picocli.CommandLine.Parameters
import java.nio.file.Path
import java.util.concurrent.Callable

/** A form of verse, as options. */
internal class FormOptions {
    @Option(names = ["--form"], paramLabel = "FORM", description = [VerseForms.HELP])
    var form: String? = null

    @Option(names = ["--heads"], paramLabel = "TEXT", description = ["The lines begin with these characters, one each: an acrostic, 藏头诗."])
    var heads: String? = null

    @Option(names = ["--first-line"], paramLabel = "TEXT", description = ["The first line, or its beginning."])
    var firstLine: String? = null

    fun form(): VerseForm? {
        val word = form
        if (word == null && (heads != null || firstLine != null)) throw UsageException("--heads and --first-line need a --form, such as --form 4x5")
        return word?.let { VerseForms.of(it, heads, firstLine) }
    }
}

@Command(
    name = "verse",
    description = ["Forms of verse; to write in one: quatrain generate MODEL --form FORM."],
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = [VerseCheckCommand::class],
)
internal class VerseCommand

@Command(
    name = "check",
    description = ["Tell where poems leave a form: lines, characters, marks, rhymes, tones. Exit status 1 if one does."],
    mixinStandardHelpOptions = true,
    footer = [
        "",
        "Blank lines part the poems of a file.",
        "",
        "Examples:",
        "  quatrain verse check poem.txt --form 五绝",
        "  quatrain verse check samples/text/quatrains.txt --form 4x5 --one-a-line",
        "  quatrain verse check poem.txt --form 4x5:oblique:once --heads 春夏秋冬",
        "  quatrain verse check song.txt --form abab:20-40 --heads WIND",
    ],
)
internal class VerseCheckCommand : Callable<Int> {
    @Parameters(index = "0", paramLabel = "FILE", description = ["A text file."])
    lateinit var file: Path

    @picocli.CommandLine.Mixin
    var options: FormOptions = FormOptions()

    @Option(names = ["--one-a-line"], description = ["Each line is a poem."])
    var oneALine: Boolean = false

    override fun call(): Int {
        val form = options.form() ?: throw UsageException("--form is missing: ${VerseForms.HELP}")
        val lines = Text.file(file).read().lines()
        val poems = if (oneALine) lines.filter { it.isNotBlank() } else {
            lines.joinToString("\n").split(Regex("\n\\s*\n")).map { it.trim('\n') }.filter { it.isNotBlank() }
        }
        if (poems.isEmpty()) throw io.quatrain.text.CorpusException(file.toString(), "has no poem")
        var kept = 0
        poems.forEachIndexed { i, poem ->
            val findings = form.check(poem)
            if (findings.isEmpty()) kept++
            if (poems.size > 1 && findings.isNotEmpty()) println("poem ${i + 1}: ${poem.lines().first().take(40)}")
            for (finding in findings) println((if (poems.size > 1) "  " else "") + finding)
        }
        println(if (poems.size == 1) (if (kept == 1) "keeps the form" else "leaves the form") else "$kept of ${poems.size} poems keep the form")
        return if (kept == poems.size) Exit.DONE else Exit.FAILED
    }
}
