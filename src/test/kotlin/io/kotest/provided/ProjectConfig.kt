package io.kotest.provided

import io.kotest.core.config.AbstractProjectConfig
import io.kotest.core.extensions.Extension
import io.kotest.core.listeners.AfterTestListener
import io.kotest.core.listeners.BeforeProjectListener
import io.kotest.core.test.TestCase
import io.kotest.engine.test.TestResult
import java.io.File

/** Notes every spec of which a test has run, for `EverySpecRan`: reports of nested tests overwrite one another. */
class ProjectConfig : AbstractProjectConfig() {
    override val extensions: List<Extension> = listOfNotNull(System.getProperty("quatrain.specs")?.let { Notes(File(it)) })

    private class Notes(private val file: File) : BeforeProjectListener, AfterTestListener {
        private val noted = HashSet<String>()

        override suspend fun beforeProject() {
            file.delete()
        }

        override suspend fun afterAny(testCase: TestCase, result: TestResult): Unit = synchronized(noted) {
            val name = testCase.spec::class.java.name
            if (!result.isIgnored && noted.add(name)) file.appendText("$name\n")
        }
    }
}
