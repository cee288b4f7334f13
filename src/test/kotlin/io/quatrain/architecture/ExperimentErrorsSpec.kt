package io.quatrain.architecture

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.quatrain.dsl.adam
import io.quatrain.dsl.dense
import io.quatrain.dsl.experiment
import io.quatrain.dsl.sequential
import io.quatrain.dsl.text
import io.quatrain.format.JsonException

class ExperimentErrorsSpec : FunSpec({
    fun refusal(json: String): String = shouldThrow<JsonException> { Experiment.fromJson(json, "poems.json") }.message!!
        .also { it shouldNotContain "\n" }

    /** One line, so that columns are easy to count. */
    fun training(members: String) = refusal("""{"architecture": {"type": "sequential", "layers": ["lastStep"]}, "training": {$members}}""").substringAfter(' ')

    fun layer(json: String) = refusal("""{"architecture": {"type": "sequential", "layers": [$json]}}""").substringAfter(' ')

    test("unknown keys: line, column, path and the nearest word") {
        refusal("{\n  \"quatrain\": 1,\n  \"architecture\": {\"type\": \"sequential\", \"layers\": [\n    {\"type\": \"lstm\", \"unit\": 256}\n  ]}\n}") shouldBe
            "poems.json:4:22 $.architecture.layers[0].unit: unknown key \"unit\"; did you mean \"units\"?"
        refusal("""{"architecure": {}}""") shouldBe "poems.json:1:2 $.architecure: unknown key \"architecure\"; did you mean \"architecture\"?"
        training(""""learning_rate": 0.1""") shouldContain "$.training.learning_rate: unknown key \"learning_rate\"; known: activity, average, batch, checkpointEvery,"
        training(""""optimiser": "adam"""") shouldBe "$.training.optimiser: unknown key \"optimiser\"; did you mean \"optimizer\"?"
        training(""""optimizer": {"type": "adam", "learningrate": 1}""") shouldBe
            "$.training.optimizer.learningrate: unknown key \"learningrate\"; did you mean \"learningRate\"?"
    }

    test("unknown types: the nearest word and all that are known") {
        layer("""{"type": "lsmt", "units": 3}""") shouldContain "$.architecture.layers[0].type: unknown layer type \"lsmt\"; did you mean \"lstm\"? known: "
        layer(""""lastSteps"""") shouldContain "$.architecture.layers[0]: unknown layer type \"lastSteps\"; did you mean \"lastStep\"? known: "
        training(""""optimizer": "Adam"""") shouldContain "$.training.optimizer: unknown optimizer type \"Adam\"; did you mean \"adam\"? known: adadelta, "
        training(""""clipping": {"type": "clipbyvalue", "limit": 1}""") shouldContain "did you mean \"clipByValue\"?"
        training(""""reduction": "average"""") shouldBe "$.training.reduction: unknown reduction \"average\"; known: mean, meanOverCount, perExample, sum"
        training(""""precision": "float16"""") shouldBe "$.training.precision: unknown precision \"float16\"; did you mean \"float32\"? known: float32, float64"
    }

    test("wrong types and missing keys") {
        refusal("""{"training": {}}""") shouldBe "poems.json:1:1 $.architecture: the key \"architecture\" is missing"
        refusal("[]") shouldBe "poems.json:1:1 $: needs an object, has a list"
        layer("""{"type": "lstm"}""") shouldBe "$.architecture.layers[0].units: the key \"units\" is missing"
        layer("""{"type": "lstm", "units": "256"}""") shouldBe "$.architecture.layers[0].units: needs a whole number, has the text \"256\""
        layer("""{"type": "lstm", "units": 2.5}""") shouldBe "$.architecture.layers[0].units: needs a whole number, has 2.5"
        layer("""{"type": "lstm", "units": 2147483648}""") shouldContain "$.architecture.layers[0].units: needs a whole number from "
        layer("""{"type": "dense", "units": "vocabulary"}""") shouldBe
            "$.architecture.layers[0].units: needs a whole number or \"vocab\" or \"classes\", has the text \"vocabulary\""
        training(""""optimizer": {"type": "adam", "learningRate": "0.1"}""") shouldBe
            "$.training.optimizer.learningRate: needs a number, has the text \"0.1\""
        training(""""optimizer": {"type": "adam", "learningRate": null}""") shouldBe "$.training.optimizer.learningRate: needs a number, has null"
        training(""""optimizer": 3""") shouldContain "$.training.optimizer: needs an optimizer: an object with a \"type\", has the number 3"
    }

    test("numbers out of range name the key") {
        layer("""{"type": "lstm", "units": -1}""") shouldBe "$.architecture.layers[0].units: units must be positive, got -1"
        layer("""{"type": "dense", "units": -1}""") shouldBe "$.architecture.layers[0].units: units must be positive, got -1"
        layer("""{"type": "dense", "units": -2147483648}""") shouldContain "$.architecture.layers[0].units: "
        layer("""{"type": "dense", "units": 0}""") shouldBe "$.architecture.layers[0].units: units must be positive, got 0"
        layer("""{"type": "dense", "units": 2147483647}""") shouldBe "$.architecture.layers[0].units: units must be at most 16777216, got 2147483647"
        for ((rate, problem) in listOf("0" to "must be positive, got 0.0", "-1" to "must be positive, got -1.0", "1e18" to "must be at most 10000, got 1.0E18", "1e308" to "must be at most 10000, got 1.0E308")) {
            training(""""optimizer": {"type": "adam", "learningRate": $rate}""") shouldBe "$.training.optimizer.learningRate: learningRate $problem"
        }
        training(""""optimizer": {"type": "adam", "learningRate": 1e309}""") shouldContain "$.training.optimizer.learningRate: the number 1e309 is too large"
        training(""""optimizer": {"type": "adam", "learningRate": NaN}""") shouldContain "$.training.optimizer.learningRate: "
        for (key in listOf("batch", "steps", "epochs", "updates")) {
            training(""""$key": 0""") shouldBe "$.training.$key: $key must be positive, got 0"
            training(""""$key": -1""") shouldBe "$.training.$key: $key must be positive, got -1"
            training(""""$key": 1.5""") shouldBe "$.training.$key: needs a whole number, has 1.5"
            training(""""$key": 2147483648""") shouldContain "$.training.$key: needs a whole number from "
        }
        training(""""clipping": {"type": "clipByValue", "limit": 0}""") shouldBe "$.training.clipping.limit: limit must be positive, got 0.0"
        training(""""schedule": {"type": "milestones", "factor": 0.1, "at": [5, 5]}""") shouldBe "$.training.schedule.at: at must be positive and rise, got [5, 5]"
        refusal("""{"architecture": {"type": "sequential", "layers": ["lastStep"]}, "generation": {"topP": 0}}""") shouldBe
            "poems.json:1:89 $.generation.topP: topP must be above 0 and at most 1, got 0.0"
        refusal("""{"architecture": {"type": "sequential", "layers": ["lastStep"]}, "data": {"type": "lines", "path": "a", "validation": 1}}""") shouldContain
            "$.data.validation: validation must be at least 0 and below 1, got 1.0"
        refusal("""{"architecture": {"type": "sequential", "layers": ["lastStep"]}, "data": {"type": "lines", "path": "a", "encoding": "UFT-8"}}""") shouldContain
            "$.data.encoding: encoding must be one that this JVM knows, such as UTF-8 or GB18030, got \"UFT-8\""
    }

    test("the version of the form is written first and checked") {
        val experiment = experiment { architecture = sequential { dense(3) } }
        experiment.toJson().lines()[1] shouldBe "  \"quatrain\": 1,"
        refusal("""{"quatrain": 2, "architecture": {"type": "sequential", "layers": ["lastStep"]}}""") shouldBe
            "poems.json:1:14 $.quatrain: quatrain is the version of this form; this program reads 1, the file says 2: use a newer Quatrain"
        Experiment.fromJson("""{"architecture": {"type": "sequential", "layers": [{"type": "dense", "units": 3}]}}""") shouldBe experiment
    }

    test("NaN and infinity are refused in Kotlin too") {
        for (rate in listOf(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0)) {
            shouldThrow<IllegalArgumentException> { adam(rate) }.message!! shouldContain "learningRate must be "
            shouldThrow<IllegalArgumentException> { ClipByValue(rate) }.message!! shouldContain "limit must be "
        }
        for (share in listOf(Double.NaN, Double.POSITIVE_INFINITY, -0.1, 1.0)) {
            shouldThrow<IllegalArgumentException> { text("a", validation = share) }.message!! shouldContain "validation must be "
        }
        shouldThrow<IllegalArgumentException> { experiment { training { epochs = 3 } } }.message shouldBe
            "architecture is missing; say architecture = sequential { … }"
    }

    test("what a description makes is what it says") {
        val training = Training(epochs = 3, updates = null, seed = 7, patience = 2, validateEvery = 5)
        training.options().run {
            epochs() shouldBe 3
            updates() shouldBe 0
            patience() shouldBe 2
            validateEvery() shouldBe 5
            validateEpochs() shouldBe false
            checkpointEpochs() shouldBe true
            noiseSeed() shouldBe 7
        }
        Training().options().epochs() shouldBe Training.DEFAULT_EPOCHS.toLong()
        Training(updates = 9).options().run { epochs() to updates() } shouldBe (0L to 9L)
        val classic = Training(display = SmoothedSum(), reduction = io.quatrain.loss.Reduction.SUM, batch = 1, steps = 25)
        classic.options(63).smoothedStart() shouldBe 25 * kotlin.math.ln(63.0)
        Training(optimizer = AdamOptimizer(0.5), schedule = CosineSchedule(10, end = 0.1)).learningRate().run {
            at(1, 0.0) shouldBe 0.5
            at(11, 0.0) shouldBe 0.05
        }
        Training(optimizer = AdamOptimizer(0.5), schedule = WarmUpSchedule(4)).learningRate().at(1, 0.0) shouldBe 0.125
        Generation(temperature = 0.5, topK = 3, seed = 4).sampling(9).run { Triple(temperature(), topK(), seed()) } shouldBe Triple(0.5, 3, 4L)
        Generation().sampling(9).seed() shouldBe 9
    }
})
