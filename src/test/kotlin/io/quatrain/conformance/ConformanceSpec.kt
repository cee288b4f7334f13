package io.quatrain.conformance

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldNotBeEmpty
import io.kotest.matchers.shouldBe
import io.quatrain.tensor.Precision
import java.io.File

/**
 * Numbers that other projects' tests expect. `-Dconformance.cases=DIR` runs a folder of such cases instead of our own;
 * `-Dconformance.results=DIR` writes what came, for compare.py: float64 into DIR, float32 into DIR/float32.
 */
class ConformanceSpec : FunSpec({
    val directory = System.getProperty("conformance.cases")?.let(::File)
        ?: File(ConformanceSpec::class.java.getResource("/golden")!!.toURI())
    val results = System.getProperty("conformance.results")?.let(::File)

    for (precision in Precision.values()) {
        test("${directory.name} in $precision") {
            val files = casesIn(directory)
            files.shouldNotBeEmpty()
            val problems = mutableListOf<String>()
            val counts = sortedMapOf<String, Int>()
            val unsupported = sortedMapOf<String, Int>()
            for (file in files) {
                val case = Case.read(file)
                val result = run(case, precision)
                results?.let { result.write(if (precision == Precision.FLOAT64) it else File(it, "float32")) }
                val failures = when {
                    case.kind == "rnn_invalid" && result.status == "rejected" -> emptyList()
                    result.status == "unsupported" -> emptyList()
                    result.status == "ok" && case.kind != "rnn_invalid" -> Comparison(case, precision).failures(result.actual!!)
                    else -> listOf("${result.status}: ${result.reason}")
                }
                if (result.status == "unsupported") unsupported.merge(result.reason.orEmpty(), 1, Int::plus)
                counts.merge(if (failures.isEmpty()) result.status else "FAILED", 1, Int::plus)
                failures.take(2).mapTo(problems) { "${case.id}: $it" }
            }
            println("conformance, $precision: ${files.size} cases, $counts")
            unsupported.forEach { (reason, count) -> println("  unsupported, $count cases: $reason") }
            problems.joinToString("\n") shouldBe ""
        }
    }
})
