package io.quatrain.cli

import picocli.CommandLine.Command
import java.io.OutputStream
import java.io.PrintStream
import java.nio.file.Files
import java.util.concurrent.Callable

/**
 * Trains a very small model and uses it, so that the virtual machine sees the classes that the commands need: the launcher
 * lets it write them down (class data sharing), and every later start is faster.
 */
@Command(name = "warm-up", hidden = true)
internal class WarmUpCommand : Callable<Int> {
    override fun call(): Int {
        val folder = Files.createTempDirectory("quatrain")
        val (out, err) = System.out to System.err
        val nowhere = PrintStream(OutputStream.nullOutputStream())
        try {
            System.setOut(nowhere)
            System.setErr(nowhere)
            Files.writeString(folder.resolve("a.txt"), "The lamp was lit.\n".repeat(20))
            Files.writeString(folder.resolve("a.json"), EXPERIMENT)
            val run = folder.resolve("run").toString()
            return listOf(
                arrayOf("train", folder.resolve("a.json").toString(), "--out", run),
                arrayOf("generate", run, "--prompt", "The ", "--length", "20"),
                arrayOf("info", run),
                arrayOf("help", "generate"),
            ).maxOf { Quatrain.run(it) }
        } finally {
            System.setOut(out)
            System.setErr(err)
            folder.toFile().deleteRecursively()
        }
    }

    private companion object {
        const val EXPERIMENT = """{
  "quatrain": 1,
  "data": {"type": "text", "path": "a.txt"},
  "architecture": {
    "type": "sequential",
    "layers": [
      {"type": "embedding", "vocabulary": "vocab", "size": 4},
      {"type": "lstm", "units": 4},
      {"type": "dropout", "rate": 0.1},
      {"type": "dense", "units": "vocab"}
    ]
  },
  "training": {
    "optimizer": {"type": "adam", "learningRate": 0.004},
    "schedule": {"type": "cosine", "updates": 4, "end": 0.1},
    "clipping": {"type": "clipByGlobalNorm", "limit": 1.0},
    "batch": 2, "steps": 8, "updates": 4
  },
  "generation": {"length": 20, "temperature": 0.8, "topK": 5}
}"""
    }
}
