package io.quatrain

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.quatrain.tensor.Precision

class ToolchainSpec : FunSpec({
    test("Kotlin sees Java") { Precision.valueOf("FLOAT32") shouldBe Precision.FLOAT32 }
})
