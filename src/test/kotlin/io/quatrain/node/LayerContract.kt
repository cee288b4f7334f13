package io.quatrain.node

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.comparables.shouldBeLessThanOrEqualTo
import io.kotest.matchers.shouldBe
import io.quatrain.architecture.Architecture
import io.quatrain.architecture.GraphArchitecture
import io.quatrain.architecture.InputDescription
import io.quatrain.architecture.InputShape
import io.quatrain.architecture.Layer
import io.quatrain.architecture.Model
import io.quatrain.architecture.NodeDescription
import io.quatrain.architecture.architectureFromJson
import io.quatrain.architecture.compile
import io.quatrain.architecture.describe
import io.quatrain.architecture.plan
import io.quatrain.architecture.toJson
import io.quatrain.kernel.slowCores
import io.quatrain.tensor.Compute
import io.quatrain.tensor.Precision
import io.quatrain.tensor.Randomness
import io.quatrain.tensor.Sequence
import io.quatrain.train.GradientCheck
import java.lang.management.ManagementFactory
import kotlin.math.abs

internal fun features(count: Int, sequence: Boolean = true) = InputShape(features = count, sequence = sequence)

internal fun tokens(vocabulary: Int) = InputShape(tokens = vocabulary)

/** What every layer keeps, whatever its options. */
internal fun FunSpec.layerContract(
    layer: Layer,
    vararg inputs: InputShape,
    /** Whether two short runs with carried state are one long run. */
    carriesState: Boolean = true,
    /** Whether what stands behind the end of an example changes nothing: not where steps are counted. */
    padding: Boolean = true,
    name: String = describe(layer),
) {
    val names = inputs.indices.map { "x$it" }
    val architecture = GraphArchitecture(
        inputs.mapIndexed { i, shape -> InputDescription(names[i], shape) },
        listOf(NodeDescription("layer", layer, names)),
        listOf("layer"),
    )
    context(name) { architectureContract(architecture, carriesState, padding) }
}

internal suspend fun io.kotest.core.spec.style.scopes.FunSpecContainerScope.architectureContract(
    architecture: Architecture,
    carriesState: Boolean,
    padding: Boolean,
) {
    val contract = ArchitectureContract(architecture)
    test("round trip through JSON") { contract.roundTrip() }
    test("announced shapes and weights are the real ones") { contract.announcements() }
    test("gradients are slopes") { contract.gradients(GradientCheck()) }
    test("gradients are slopes, examples of different lengths") { contract.gradients(GradientCheck().withVariableLengths()) }
    test("gradients are slopes, any steps missing") { contract.gradients(GradientCheck().withGaps()) }
    test("gradients are slopes, in use") { contract.gradients(GradientCheck().withTraining(false).withElements(20)) }
    test("float32 is near float64") { contract.precisions() }
    if (carriesState) test("two short runs with carried state are one long run") { contract.splitRun() }
    if (padding) test("padding changes nothing") { contract.padding() }
    test("a batch is its examples one by one") { contract.oneByOne() }
    test("the number of threads changes nothing") { contract.threads() }
    test("a thread that is late changes nothing") { contract.slowThreads() }
    test("a run forward and backward allocates nothing") { contract.allocations() }
}

/** The laws, one function each; every one can be asked of any architecture. */
internal class ArchitectureContract(private val architecture: Architecture, private val seed: Long = 1) {
    fun roundTrip() {
        val text = architecture.toJson()
        withClue(text) { architectureFromJson(text) shouldBe architecture }
    }

    fun announcements() {
        val plan = architecture.plan()
        val model = compile()
        model.parameters.map { Triple(it.path(), it.rows(), it.columns()) } shouldBe plan.weights().map { Triple(it.path, it.rows, it.columns) }
        model.parameterCount shouldBe model.parameters.sumOf { it.size().toLong() }
        val pass = model.pass(PassSize.of(2, 4))
        for (vertex in model.graph.vertices()) {
            val shape = plan.shapes.getValue(vertex.name())
            val value = pass.signal(vertex.name()).value()
            withClue(vertex.name()) {
                value.features() shouldBe shape.size
                if (!shape.sequence) value.steps() shouldBe 1
            }
        }
        for (node in architecture.toGraph().nodes) {
            val inputs = node.inputs.map(plan.shapes::getValue)
            withClue("state of ${node.name}") {
                pass.pass(node.name).finalState().values().map { it.rows() } shouldBe node.layer.finalStateSizes(inputs)
            }
        }
    }

    fun gradients(check: GradientCheck) {
        check.withSeed(seed).check(compile().graph).assertCorrect()
    }

    /**
     * @param amplifies whether states may grow, and rounding errors with them. What float32 gives is what exact arithmetic gives
     *   for data that are off by some roundings; so it may be off by what moving every weight by about 1e-5, some 200 roundings,
     *   changes in double precision.
     */
    fun precisions(amplifies: Boolean = false) {
        val narrow = run(compile(precision = Precision.FLOAT32), 3, 5).everything()
        val wide = run(compile(), 3, 5).everything()
        val moved = List(if (amplifies) 4 else 0) { run(compile().also { model -> move(model, 1e-5, it) }, 3, 5).everything() }
        for ((key, numbers) in wide) {
            val near = narrow.getValue(key)
            val scale = 1 + (numbers.maxOfOrNull(::abs) ?: 0.0)
            val growth = moved.maxOfOrNull { other -> numbers.indices.maxOfOrNull { abs(other.getValue(key)[it] - numbers[it]) } ?: 0.0 } ?: 0.0
            for (i in numbers.indices) withClue("$key [$i]") { abs(near[i] - numbers[i]) shouldBeLessThanOrEqualTo 2e-4 * scale + growth }
        }
    }

    fun splitRun() {
        val model = compile()
        val whole = run(model, 3, 7, training = false)
        val first = run(model, 3, 3, training = false)
        val second = run(model, 3, 4, training = false, from = 3, state = first.finalState)
        for ((name, rows) in whole.outputs) {
            val steps = rows.size / 3
            if (steps == 1) second.outputs.getValue(name).map { it.toList() } shouldBe rows.map { it.toList() }
            else (first.outputs.getValue(name) + second.outputs.getValue(name)).map { it.toList() } shouldBe rows.map { it.toList() }
        }
        for ((name, parts) in whole.finalState.parts()) {
            parts.indices.forEach { p -> second.finalState.parts().getValue(name)[p].toList() shouldBe parts[p].toList() }
        }
    }

    fun padding() {
        val model = compile()
        val lengths = intArrayOf(4, 1, 3)
        val short = run(model, 3, 4, lengths = lengths)
        val long = run(model, 3, 9, lengths = lengths)
        for ((name, columns) in short.outputs) {
            long.outputs.getValue(name).take(columns.size).forEachIndexed { column, numbers ->
                if (short.valid.getValue(name)[column]) withClue("$name, column $column") { numbers.toList() shouldBe columns[column].toList() }
            }
        }
        for ((path, numbers) in short.gradients) withClue("gradient of $path") { long.gradients.getValue(path).toList() shouldBe numbers.toList() }
        for ((name, columns) in short.inputGradients) {
            withClue("gradient of $name") { long.inputGradients.getValue(name).take(columns.size).map { it.toList() } shouldBe columns.map { it.toList() } }
        }
        for ((name, parts) in short.finalState.parts()) withClue("state of $name") {
            parts.indices.forEach { p -> long.finalState.parts().getValue(name)[p].toList() shouldBe parts[p].toList() }
        }
    }

    fun oneByOne() {
        val model = compile(precision = Precision.FLOAT32)
        val lengths = intArrayOf(5, 2, 1, 4)
        val together = run(model, 4, 5, training = false, lengths = lengths)
        for (example in 0 until 4) {
            val alone = run(model, 1, 5, training = false, lengths = intArrayOf(lengths[example]), firstExample = example)
            for ((name, columns) in together.outputs) {
                val own = columns.filterIndexed { column, _ -> column % 4 == example }
                val valid = together.valid.getValue(name).filterIndexed { column, _ -> column % 4 == example }
                own.forEachIndexed { t, numbers ->
                    if (valid[t]) withClue("$name, example $example, step $t") { alone.outputs.getValue(name)[t].toList() shouldBe numbers.toList() }
                }
            }
        }
    }

    /** @param batches from 32 on, columns lie in halves where threads share them */
    fun threads(batches: List<Int> = listOf(5, 33)) {
        for (batch in batches) {
            val lengths = IntArray(batch) { intArrayOf(6, 1, 4, 5, 2)[it % 5] }
            fun at(threads: Int) = run(compile(precision = Precision.FLOAT32, threads = threads), batch, 6, lengths = lengths).everything()
            val one = at(1)
            for (threads in listOf(2, 8)) {
                for ((key, numbers) in at(threads)) {
                    withClue("$threads threads, $batch examples: $key") { numbers.toList() shouldBe one.getValue(key).toList() }
                }
            }
        }
    }

    /** Lanes of a thread that is late are halved on the way. */
    fun slowThreads() {
        val lengths = IntArray(33) { intArrayOf(12, 11, 4, 9, 12)[it % 5] }
        val one = run(compile(precision = Precision.FLOAT32), 33, 12, lengths = lengths).everything()
        for ((key, numbers) in run(compile(slowCores(2)), 33, 12, lengths = lengths).everything()) {
            withClue(key) { numbers.toList() shouldBe one.getValue(key).toList() }
        }
    }

    /** What is made once, by the first runs, does not count. */
    fun allocations() {
        val model = compile()
        for (size in listOf(PassSize.of(4, 5).forTraining(), PassSize.of(4, 5).forTraining().withInputGradients().withVariableLengths())) {
            val pass = model.pass(size)
            model.graph.inputs().filter { size.variableLengths() && it.sequence() }.forEach { pass.input(it.name()).mask().setLengths(intArrayOf(5, 1, 4, 2)) }
            val gradients = model.graph.outputs().mapNotNull { pass.signal(it).gradient() }.toTypedArray()
            val bean = ManagementFactory.getThreadMXBean() as com.sun.management.ThreadMXBean
            fun bytes(): Long {
                pass.noise().set(seed, 1)
                val before = bean.currentThreadAllocatedBytes
                pass.forward(true)
                pass.clearGradients()
                for (gradient in gradients) gradient.fill(1.0)
                pass.backward()
                return bean.currentThreadAllocatedBytes - before
            }
            val runs = mutableListOf<Long>()
            while (runs.size < 10 && runs.takeLast(2) != listOf(0L, 0L)) runs += bytes()
            withClue("$size: $runs") { runs.takeLast(2) shouldBe listOf(0L, 0L) }
        }
    }

    fun compile(precision: Precision = Precision.FLOAT64, threads: Int = 1): Model = compile(Compute.of(precision, threads))

    fun compile(compute: Compute): Model = architecture.compile(compute, seed).also { model -> unsettle(model) }

    /** Parameters that begin at 0 or 1 would hide mistakes. */
    private fun unsettle(model: Model) = move(model, 0.3, 0)

    private fun move(model: Model, distance: Double, draw: Int) {
        for (parameter in model.parameters) {
            val random = Randomness(seed + draw, "unsettle ${parameter.path()}")
            val numbers = parameter.value().toDoubles()
            for (i in numbers.indices) numbers[i] += distance * (2 * random.nextDouble() - 1)
            parameter.value().setFrom(numbers)
            parameter.changed()
        }
    }

    class Result(
        val outputs: Map<String, List<DoubleArray>>,
        val valid: Map<String, List<Boolean>>,
        val gradients: Map<String, DoubleArray>,
        val inputGradients: Map<String, List<DoubleArray>>,
        val finalState: State,
    ) {
        fun everything(): Map<String, DoubleArray> = buildMap {
            outputs.forEach { (name, columns) -> columns.forEachIndexed { i, column -> put("output $name $i", column) } }
            gradients.forEach { (name, numbers) -> put("gradient $name", numbers) }
            inputGradients.forEach { (name, columns) -> columns.forEachIndexed { i, column -> put("input gradient $name $i", column) } }
            finalState.parts().forEach { (name, parts) -> parts.forEachIndexed { i, part -> put("state $name $i", part) } }
        }
    }

    /** What stands in the data at a place depends on nothing but the place. */
    private fun number(what: String, row: Int, step: Int, example: Int): Double =
        2.0 * (Randomness(seed, what).at((row * 1000L + step) * 1000 + example) ushr 11) / (1L shl 53) - 1

    private fun columns(sequence: Sequence, matrix: io.quatrain.tensor.Matrix): List<DoubleArray> =
        List(sequence.steps() * sequence.batch()) { column -> DoubleArray(matrix.rows()).also { matrix.copyColumn(column, it, 0) } }

    fun run(
        model: Model,
        batch: Int,
        steps: Int,
        training: Boolean = true,
        lengths: IntArray? = null,
        from: Int = 0,
        firstExample: Int = 0,
        state: State? = null,
    ): Result {
        val size = PassSize.of(batch, steps).withInputGradients().let { if (lengths == null) it else it.withVariableLengths() }
        val pass = model.pass(size)
        for (input in model.graph.inputs()) {
            val x = pass.input(input.name())
            if (lengths != null && input.sequence()) x.mask().setLengths(lengths)
            for (t in 0 until x.steps()) for (b in 0 until batch) {
                val column = t * batch + b
                if (input.tokens()) {
                    x.setId(t, b, ((number(input.name(), 0, from + t, firstExample + b) + 1) / 2 * input.size()).toInt())
                } else {
                    for (r in 0 until input.size()) x.all().set(r, column, number(input.name(), r, from + t, firstExample + b))
                }
            }
        }
        if (state == null) {
            pass.recurrent().forEach { (name, recurrent) ->
                recurrent.initialState().values().forEachIndexed { p, part ->
                    for (b in 0 until batch) for (r in 0 until part.rows()) part.set(r, b, 0.5 * number("$name $p", r, 0, firstExample + b))
                }
            }
        } else {
            pass.startFrom(state)
        }
        pass.noise().set(seed, 1)
        pass.forward(training)
        val outputs = model.graph.outputs().associateWith { name -> pass.signal(name).value().let { columns(it, it.all()) } }
        val valid = model.graph.outputs().associateWith { name -> pass.signal(name).value().let { y -> outputs.getValue(name).indices.map(y.mask()::valid) } }
        val end = pass.finalState()
        pass.clearGradients()
        model.parameters.forEach { it.gradient().fill(0.0) }
        for (name in model.graph.outputs()) {
            val y = pass.signal(name).value()
            val gradient = pass.signal(name).gradient() ?: continue
            for (t in 0 until y.steps()) for (b in 0 until batch) {
                if (y.mask().valid(t, b)) {
                    for (r in 0 until y.features()) {
                        val column = t * batch + b
                        gradient.set(r, column, gradient.get(r, column) + number("loss $name", r, from + t, firstExample + b))
                    }
                }
            }
        }
        pass.recurrent().forEach { (name, recurrent) ->
            recurrent.finalState().gradients().forEachIndexed { p, part ->
                for (b in 0 until batch) for (r in 0 until part.rows()) {
                    part.set(r, b, part.get(r, b) + number("final $name $p", r, 0, firstExample + b))
                }
            }
        }
        pass.backward()
        return Result(
            outputs, valid,
            model.parameters.filter { it.trainable() }.associate { it.path() to it.gradient().toDoubles() },
            model.graph.inputs().filter { !it.tokens() }.associate { input ->
                val x = pass.input(input.name())
                input.name() to columns(x, pass.inputSignal(input.name()).gradient()!!)
            },
            end,
        )
    }
}
