package io.quatrain.conformance

import io.quatrain.format.foreign.UnsupportedForeignException
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Precision
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import java.io.File

/** Runs the cases of one kind: answers what compare.py calls "actual". */
internal fun interface Kind {
    /** @throws Unsupported what the library does not have; [Rejected] what it refuses */
    fun run(case: Case, compute: Compute): JsonElement
}

/** A new kind is one file and one line here. */
private val kinds: Map<String, Kind> = mapOf(
    "optimizer" to OptimizerKind,
    "clip" to ClipKind,
    "lr_schedule" to ScheduleKind,
    "loss" to LossKind,
    "function" to FunctionKind,
    "linear" to LinearKind,
    "dense" to DenseKind,
    "embedding" to EmbeddingKind,
    "embedding_mask" to EmbeddingMaskKind,
    "rnn" to RnnKind,
    "rnn_invalid" to RnnInvalidKind,
    "model" to ModelKind,
    "training" to TrainingKind,
)

/** What became of a case. */
internal class Result(val case: Case, val status: String, val reason: String?, val actual: JsonElement?) {
    fun write(directory: File) {
        val file = File(directory, case.id + ".json")
        file.parentFile.mkdirs()
        file.writeText(
            JsonObject(
                buildMap {
                    put("id", JsonPrimitive(case.id))
                    put("status", JsonPrimitive(status))
                    put("reason", JsonPrimitive(reason))
                    if (actual != null) put("actual", actual)
                },
            ).toString(),
        )
    }
}

internal fun run(case: Case, precision: Precision): Result {
    val kind = kinds[case.kind] ?: return Result(case, "unsupported", "no runner for cases of kind ${case.kind}", null)
    return try {
        Result(case, "ok", null, kind.run(case, Compute.of(precision)))
    } catch (e: Unsupported) {
        Result(case, "unsupported", e.message, null)
    } catch (e: UnsupportedForeignException) {
        Result(case, "unsupported", e.message, null)
    } catch (e: Rejected) {
        Result(case, "rejected", e.message, null)
    } catch (e: Exception) {
        Result(case, "error", e.stackTraceToString().lines().take(4).joinToString(" "), null)
    }
}

/** Every case below a directory, in order. */
internal fun casesIn(directory: File): List<File> =
    directory.walk().filter { it.isFile && it.extension == "json" }.sortedBy { it.relativeTo(directory).invariantSeparatorsPath }.toList()
