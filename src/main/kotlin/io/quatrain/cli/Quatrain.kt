package io.quatrain.cli

import io.quatrain.experiment.VERSION
import io.quatrain.format.nearestWord
import io.quatrain.format.quoted
import picocli.CommandLine
import picocli.CommandLine.Command
import picocli.CommandLine.Help.Ansi
import picocli.CommandLine.Option
import picocli.CommandLine.ScopeType
import java.io.PrintStream
import java.io.PrintWriter
import java.nio.charset.StandardCharsets

@Command(
    name = "quatrain",
    description = ["Recurrent networks on the JVM: declare a model, train it on a CPU, use it."],
    version = ["quatrain $VERSION"],
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    footer = [
        "",
        "Examples:",
        "  quatrain train samples/lighthouse.json       train a model, then let it write",
        "  quatrain generate runs/lighthouse            let it write more",
        "  quatrain help train                          what a command can do",
        "",
        "Exit status: 0 done, 2 usage or experiment, 3 data, 4 model file, 5 files (disk full, read-only), 6 diverged,",
        "130 or 143 interrupted, with a checkpoint written.",
    ],
)
internal class Quatrain {
    @Option(names = ["--debug"], scope = ScopeType.INHERIT, description = ["Show where in the program a problem arose."])
    var debug: Boolean = false

    @Option(names = ["--no-color"], scope = ScopeType.INHERIT, description = ["No colors. The variable NO_COLOR does the same."])
    var noColor: Boolean = false

    companion object {
        private val commands = listOf(
            TrainCommand::class.java, GenerateCommand::class.java, PredictCommand::class.java, EvaluateCommand::class.java,
            ShowCommand::class.java, ScoreCommand::class.java, FillCommand::class.java, CheckCommand::class.java,
            InfoCommand::class.java, ConvertCommand::class.java, LoadManyCommand::class.java, ForecastCommand::class.java,
            CurveCommand::class.java, VerseCommand::class.java, WarmUpCommand::class.java,
        )

        /** Runs one command and gives the exit status; what went wrong has been told in one line. */
        fun run(arguments: Array<String>): Int {
            val (outBefore, errBefore) = System.out to System.err
            val out = utf8(outBefore)
            val err = utf8(errBefore)
            System.setOut(out)
            System.setErr(err)
            try {
                return run(arguments, out, err)
            } finally {
                System.setOut(outBefore)
                System.setErr(errBefore)
            }
        }

        private fun run(arguments: Array<String>, out: PrintStream, err: PrintStream): Int {
            val debug = "--debug" in arguments
            if ("--no-color" in arguments) Terminal.colors = false
            val line = CommandLine(Quatrain()).apply {
                // The parser reads what a command takes by reflection, some milliseconds each: where one is named, it alone.
                val named = commands.find { it.getAnnotation(Command::class.java).name == arguments.firstOrNull() }
                (named?.let(::listOf) ?: commands).forEach(::addSubcommand)
                if (named == null) addSubcommand(CommandLine.HelpCommand())
                isCaseInsensitiveEnumValuesAllowed = true
                isUsageHelpAutoWidth = true
                this.out = PrintWriter(out, true)
                this.err = PrintWriter(err, true)
                colorScheme = CommandLine.Help.defaultColorScheme(if (Terminal.colors) Ansi.ON else Ansi.OFF)
                setParameterExceptionHandler { e, _ ->
                    err.println("quatrain: ${usageProblem(e)}")
                    err.println("see: ${e.commandLine.commandSpec.qualifiedName(" ")} --help")
                    if (debug) e.printStackTrace(err)
                    Exit.USAGE
                }
                setExecutionExceptionHandler { e, _, _ -> tell(e, err, debug) }
            }
            val status = try {
                if (arguments.isEmpty()) line.usage(out).let { Exit.USAGE } else line.execute(*arguments)
            } catch (e: Throwable) {
                tell(e, err, debug)
            }
            out.flush()
            if (out.checkError() && status == Exit.DONE && !StandardOutput.readerGone) {
                err.println("quatrain: standard output could not be written; is its disk full?")
                return Exit.FILES
            }
            return status
        }

        /** What is wrong with the words of a command, without the parser's own terms. */
        private fun usageProblem(problem: CommandLine.ParameterException): String {
            val said = problem.message.orEmpty().lineSequence().joinToString(" ")
            if (problem is CommandLine.UnmatchedArgumentException) {
                val word = problem.unmatched.first()
                val commands = problem.commandLine.subcommands.filterValues { !it.commandSpec.usageMessage().hidden() }.keys
                val options = problem.commandLine.commandSpec.options().flatMap { it.names().toList() }
                val near = nearestWord(word, if (word.startsWith("-")) options else commands)?.let { "; did you mean $it?" } ?: ""
                return when {
                    word.startsWith("-") -> "unknown option ${quoted(word)}$near"
                    commands.isEmpty() -> "one word too many: ${quoted(word)}"
                    else -> "unknown command ${quoted(word)}" + near.ifEmpty { "; there are ${commands.sorted().joinToString(", ")}" }
                }
            }
            return NO_NUMBER.find(said)?.destructured?.let { (option, value, type) ->
                "$option needs a ${if (type == "double" || type == "float") "number" else "whole number"}, got ${quoted(value)}" +
                    if (WHOLE.matches(value)) ", which is too large" else ""
            } ?: said
        }

        private val NO_NUMBER = Regex("Invalid value for option '(-.*?)'.*?: '(.*)' is not an? (int|long|double|float)$")
        private val WHOLE = Regex("[+-]?[0-9]+")

        private fun tell(problem: Throwable, err: PrintStream, debug: Boolean): Int {
            val failure = Failure.of(problem)
            err.println("quatrain: ${failure.message}")
            if (debug) problem.printStackTrace(err)
            return failure.status
        }

        private fun utf8(stream: PrintStream) = PrintStream(stream, true, StandardCharsets.UTF_8)
    }
}
