package io.quatrain.cli

import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.collections.shouldContainInOrder
import io.kotest.matchers.shouldBe
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.FileTime
import java.nio.file.attribute.PosixFilePermissions

/** The launcher as it is installed, beside a jar that is built, with a Java that only tells how it was called. */
internal class LauncherSpec : FunSpec({
    fun executable(file: Path, text: String): Path {
        Files.createDirectories(file.parent)
        Files.writeString(file, text)
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"))
    }

    /** A folder with the launcher; its Java writes a word a line, and ends with status 7. */
    class Installed(name: String = "app") {
        val folder: Path = tempdir().toPath().toRealPath()
        val app: Path = Files.createDirectories(folder.resolve(name))
        val launcher = executable(app.resolve("quatrain"), Files.readString(Path.of("quatrain")))
        val home = executable(folder.resolve("jdk/bin/java"), "#!/bin/sh\nfor word; do printf '%s\\n' \"\$word\"; done\nprintf '%s\\n' \"LC_ALL=\${LC_ALL:-}\"\nexit 7\n")
            .parent.parent
        val work: Path = Files.createDirectories(folder.resolve("work"))

        init {
            Files.createDirectories(app.resolve("target/lib"))
            Files.createFile(app.resolve("target/quatrain.jar"))
            Files.setLastModifiedTime(app.resolve("target/quatrain.jar"), FileTime.fromMillis(System.currentTimeMillis() - 60_000))
        }

        fun run(vararg words: String, variables: Map<String, String> = emptyMap()): Outcome =
            Processes.run(words.toList(), work, mapOf("JAVA_HOME" to "$home", "LC_ALL" to "C") + variables)
    }

    test("arguments reach the program as they were given, and its status comes back") {
        val installed = Installed()
        val words = listOf("generate", "two words", "", "*", "月在画楼西", "--prompt=\"a\"", "\$HOME")
        val outcome = installed.run("${installed.launcher}", *words.toTypedArray())
        outcome.status shouldBe 7
        outcome.err shouldBe ""
        val given = outcome.out.lines()
        given.subList(given.indexOf("-jar"), given.size) shouldBe
            listOf("-jar", "${installed.app}/target/quatrain.jar") + words + listOf("LC_ALL=C.UTF-8", "")
    }

    test("what the kernels need of the virtual machine, and a person's own options after it") {
        val installed = Installed()
        val given = installed.run("${installed.launcher}", "--version", variables = mapOf("QUATRAIN_JAVA_OPTIONS" to "-Xmx3g -Done=1")).out.lines()
        given shouldContainInOrder listOf("-XX:+UseCountedLoopSafepoints", "-XX:LoopStripMiningIter=1000", "-XX:ObjectAlignmentInBytes=64")
        given shouldContainInOrder listOf("--add-modules", "jdk.incubator.vector", "-Dquatrain.terminal=false", "-Xmx3g", "-Done=1", "-jar")
    }

    test("a locale that somebody chose stays") {
        val installed = Installed()
        installed.run("${installed.launcher}", variables = mapOf("LC_ALL" to "de_DE.UTF-8")).out.lines() shouldContain "LC_ALL=de_DE.UTF-8"
    }

    test("the program knows what it was called by") {
        fun command(outcome: Outcome) = outcome.out.lines().single { it.startsWith("-Dquatrain.command=") }.substringAfter("=")
        val installed = Installed()
        command(installed.run("../app/quatrain")) shouldBe "../app/quatrain"
        val path = "${installed.app}:${System.getenv("PATH")}"
        command(installed.run("sh", "-c", "quatrain --version", variables = mapOf("PATH" to path))) shouldBe "quatrain"
        val spaced = Installed("my app")
        command(spaced.run("${spaced.launcher}")) shouldBe "'${spaced.launcher}'"
    }

    test("a link to it from elsewhere finds the jar") {
        val installed = Installed()
        val bin = Files.createDirectories(installed.folder.resolve("bin"))
        Files.createSymbolicLink(bin.resolve("second"), Path.of("../app/quatrain"))
        Files.createSymbolicLink(bin.resolve("quatrain"), Path.of("second"))
        val outcome = installed.run("${bin.resolve("quatrain")}")
        outcome.out.lines() shouldContainInOrder listOf("-jar", "${installed.app}/target/quatrain.jar")
    }

    test("without Java it says what it needs") {
        val installed = Installed()
        val outcome = installed.run("${installed.launcher}", variables = mapOf("JAVA_HOME" to "${installed.folder}/none"))
        outcome.status shouldBe 2
        outcome.out shouldBe ""
        outcome.err shouldBe "quatrain: needs Java 17 or newer; install a JDK or set JAVA_HOME\n"
    }

    test("where the archive of classes cannot be made it is not tried again, and nothing of it is left") {
        val installed = Installed()
        installed.run("${installed.launcher}").status shouldBe 7
        val files = Files.list(installed.app.resolve("target")).use { all -> all.map { it.fileName.toString() }.sorted().toList() }
        files.map { if (it.endsWith(".jsa")) "archive" else it } shouldBe listOf("archive", "lib", "quatrain.jar")
        val archive = Files.list(installed.app.resolve("target")).use { all -> all.filter { "$it".endsWith(".jsa") }.findFirst().get() }
        Files.size(archive) shouldBe 0
        installed.run("${installed.launcher}").out.lines().none { it.startsWith("-XX:SharedArchiveFile") } shouldBe true
        Files.writeString(archive, "made")
        installed.run("${installed.launcher}").out.lines() shouldContain "-XX:SharedArchiveFile=$archive"
    }
})
