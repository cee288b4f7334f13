package io.quatrain.experiment

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import java.nio.file.Files
import javax.xml.parsers.DocumentBuilderFactory
import org.xml.sax.InputSource

class CurveChartSpec : FunSpec({
    val folder = tempdir().toPath()

    fun picture(svg: String) = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(InputSource(svg.reader())).documentElement

    test("a line for every column that has points, inside the picture") {
        Files.writeString(folder.resolve("progress.csv"), "update,loss,smoothed,validation,accuracy\n" + (1..3000).joinToString("\n") { "$it,${1.0 / it},,," } + "\n3000,,,0.5,\n")
        val lines = CurveChart.read(listOf(folder), listOf("loss", "smoothed", "validation"))
        lines.map { it.name } shouldBe listOf("loss", "validation")
        for (logarithmic in listOf(false, true)) {
            val drawn = picture(CurveChart(lines, "a < b & c", logarithmic).svg()).getElementsByTagName("polyline")
            drawn.length shouldBe 2
            val points = drawn.item(0).attributes.getNamedItem("points").nodeValue.split(' ').map { point -> point.split(',').map { it.toDouble() } }
            points.all { (x, y) -> x in 0.0..720.0 && y in 0.0..360.0 } shouldBe true
            (points.size < 400) shouldBe true
            points.zipWithNext().all { (a, b) -> a[0] < b[0] && a[1] <= b[1] } shouldBe true     // it falls: y grows downwards
        }
    }

    test("values far from 0 fill the picture, and names keep out of their way") {
        val svg = picture(CurveChart(listOf(CurveChart.Line("accuracy", listOf(1.0, 2.0, 3.0), listOf(0.93, 0.96, 0.99)))).svg())
        val points = svg.getElementsByTagName("polyline").item(0).attributes.getNamedItem("points").nodeValue.split(' ').map { it.substringAfter(',').toDouble() }
        (points.first() - points.last() > 200) shouldBe true
        val names = svg.getElementsByTagName("text").let { all -> List(all.length) { all.item(it) } }
        (names.single { it.textContent == "accuracy" }.attributes.getNamedItem("y").nodeValue.toDouble() > 250) shouldBe true
        names.map { it.textContent }.contains("0") shouldBe true // updates begin there, the values do not
        CurveChart(listOf(CurveChart.Line("flat", listOf(1.0, 2.0), listOf(0.0, 0.0)))).svg() shouldContain "polyline"
    }

    test("what is no progress.csv is refused with its line") {
        shouldThrow<IllegalArgumentException> { CurveChart.read(listOf(folder.resolve("none")), listOf("loss")) }.message!! shouldContain "does not exist"
        val other = Files.writeString(folder.resolve("other.csv"), "update,loss,smoothed,validation,accuracy\n1,x,,,\n")
        shouldThrow<IllegalArgumentException> { CurveChart.read(listOf(other), listOf("loss")) }.message!! shouldContain "other.csv:2: \"x\" is no number"
    }
})
