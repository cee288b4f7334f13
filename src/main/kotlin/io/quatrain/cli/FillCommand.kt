package io.quatrain.cli

import io.quatrain.experiment.BlankFiller
import picocli.CommandLine.Command
import picocli.CommandLine.Option
import picocli.CommandLine.Parameters
import java.nio.file.Path
import java.util.Locale
import java.util.concurrent.Callable

@Command(
    name = "fill",
    description = ["Let a model that was trained on blanks fill those of a text: the likeliest characters for each, then the text."],
    mixinStandardHelpOptions = true,
    footer = [
        "",
        "Examples:",
        "  quatrain fill runs/poem-blanks 春□花秋月",
        "  quatrain fill runs/poem-blanks \"月□画楼西，秋□橘子黄。\" --top 3",
    ],
)
internal class FillCommand : Callable<Int> {
    @Parameters(index = "0", paramLabel = "MODEL", description = ["A model file, or the folder of a run."])
    lateinit var model: Path

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "TEXT", description = ["Texts with blanks (□, unless the model's data say otherwise)."])
    lateinit var texts: List<String>

    @Option(names = ["--top"], paramLabel = "N", description = ["So many characters for each blank. Default: 5."])
    var top: Int = 5

    override fun call(): Int {
        if (top < 1) throw UsageException("--top must be at least 1, got $top")
        val trained = loadModel(model).model
        val filler = BlankFiller(trained)
        for (text in texts) {
            tellUnknown(filler.unknown(text), "the text", trained)
            for (blank in filler.candidates(text)) {
                println("character ${blank.place}")
                blank.candidates.take(top).forEach { (token, probability) -> println("  %s  %.4f".format(Locale.ROOT, token, probability)) }
            }
            println(filler.fill(text))
        }
        return Exit.DONE
    }
}
