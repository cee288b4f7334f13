package io.quatrain.format

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import kotlinx.serialization.KSerializer
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.builtins.ListSerializer
import kotlinx.serialization.builtins.MapSerializer
import kotlinx.serialization.builtins.nullable
import kotlinx.serialization.builtins.serializer
import kotlinx.serialization.descriptors.PrimitiveKind
import kotlinx.serialization.descriptors.PrimitiveSerialDescriptor
import kotlinx.serialization.encoding.Decoder
import kotlinx.serialization.encoding.Encoder
import kotlinx.serialization.json.JsonEncoder
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.modules.SerializersModule
import kotlinx.serialization.modules.polymorphic
import kotlinx.serialization.modules.subclass

@Serializable(with = PlantSerializer::class)
private interface Plant

private object PlantSerializer : WordSerializer<Plant>("plant", shorthand = true, members = {
    mapOf(Tree::class to Tree.serializer(), Moss::class to Moss.serializer())
})

@Serializable @SerialName("tree")
private data class Tree(val height: Int, val size: Size = Size.Whole, val leaves: Double = 0.5) : Plant {
    init {
        require(height > 0) { "height must be positive, got $height" }
        require(leaves < 1) { "leaves must be below 1, got $leaves" }
        require(height < 1000) { "no tree is that high" }
    }
}

@Serializable @SerialName("moss")
private data object Moss : Plant

@Serializable(with = SizeSerializer::class)
private sealed interface Size {
    data class Number(val value: Int) : Size
    data object Whole : Size
}

private object SizeSerializer : KSerializer<Size> {
    override val descriptor = PrimitiveSerialDescriptor("size", PrimitiveKind.STRING)
    override fun deserialize(decoder: Decoder): Size = when (val value = (decoder as JsonTreeDecoder).current) {
        is JsonValue.Text -> if (value.value == "whole") Size.Whole else throw value.place.error("needs a number or \"whole\"")
        else -> Size.Number(decoder.decodeInt())
    }
    override fun serialize(encoder: Encoder, value: Size) = (encoder as JsonEncoder).encodeJsonElement(
        if (value is Size.Number) JsonPrimitive(value.value) else JsonPrimitive("whole"),
    )
}

@Serializable
private sealed class Water {
    @Serializable @SerialName("pond") data class Pond(val depth: Float = 1f) : Water()
    @Serializable @SerialName("brook") data object Brook : Water()
}

@Serializable private enum class Season { @SerialName("spring") SPRING, @SerialName("autumn") AUTUMN }

@Serializable @JvmInline
private value class Area(val squareMetres: Int) {
    init { require(squareMetres >= 0) { "an area is not negative, got $squareMetres" } }
}

@Serializable
private data class Garden(
    val name: String,
    val plants: List<Plant> = emptyList(),
    val water: Water? = null,
    val season: Season = Season.SPRING,
    val area: Area = Area(0),
    val counts: Map<String, Int> = emptyMap(),
    val initial: Char = 'g',
    val open: Boolean = true,
    val visitors: Long = 0,
    val rate: UInt = 1u,
)

private interface Open
@Serializable @SerialName("gate") private data class Gate(val wide: Int) : Open

class JsonDecodingSpec : FunSpec({
    fun read(text: String) = JsonText.decode(Garden.serializer(), text, "garden.json")
    fun refusal(text: String) = shouldThrow<JsonException> { read(text) }.message!!
    fun member(text: String) = refusal("{\"name\": \"n\", $text}").substringAfter(' ')

    test("a description written and read again is equal") {
        val gardens = listOf(
            Garden("plain"),
            Garden("月", listOf(Tree(3), Moss, Tree(4, Size.Number(7), 0.25)), Water.Pond(2.5f), Season.AUTUMN, Area(12),
                mapOf("a" to 1, "7" to 2), 'x', false, Long.MAX_VALUE, UInt.MAX_VALUE),
            Garden("b", water = Water.Brook),
        )
        for (garden in gardens) read(JsonText.encode(Garden.serializer(), garden)) shouldBe garden
        JsonText.encode(Garden.serializer(), Garden("n", listOf(Moss, Tree(3)))).replace(Regex("\\s+"), "") shouldBe
            """{"name":"n","plants":["moss",{"type":"tree","height":3}]}"""
        read("""{"name": "n", "plants": [{"type": "moss"}], "water": null}""") shouldBe Garden("n", listOf(Moss))
    }

    test("an unknown key names the nearest known one, at the key") {
        refusal("{\n  \"name\": \"n\",\n  \"plant\": []\n}") shouldBe
            """garden.json:3:3 $.plant: unknown key "plant"; did you mean "plants"?"""
        member(""""plants": [{"type": "tree", "heigth": 3}]""") shouldBe
            """$.plants[0].heigth: unknown key "heigth"; did you mean "height"?"""
        member(""""zzz": 1""") shouldStartWith """$.zzz: unknown key "zzz"; known: area, counts"""
        member(""""plants": [{"type": "moss", "height": 3}]""") shouldContain "unknown key \"height\""
        member(""""type": "garden"""") shouldContain "unknown key \"type\""
    }

    test("a missing key is named") {
        refusal("{}") shouldBe """garden.json:1:1 $.name: the key "name" is missing"""
        member(""""plants": [{"type": "tree"}]""") shouldBe """$.plants[0].height: the key "height" is missing"""
        member(""""plants": [{"height": 3}]""") shouldBe """$.plants[0].type: the key "type" is missing; known plants: moss, tree"""
    }

    test("a wrong type says what is needed and what is there") {
        member(""""plants": {}""") shouldBe "$.plants: needs a list, has an object"
        member(""""plants": [3]""") shouldBe "$.plants[0]: needs a plant: an object with a \"type\", has the number 3"
        member(""""plants": [{"type": 3}]""") shouldBe "$.plants[0].type: needs the name of a plant, has the number 3"
        member(""""visitors": "0.1"""") shouldBe "$.visitors: needs a whole number, has the text \"0.1\""
        member(""""visitors": 0.5""") shouldBe "$.visitors: needs a whole number, has 0.5"
        member(""""visitors": null""") shouldBe "$.visitors: needs a whole number, has null"
        member(""""visitors": 9223372036854775808""") shouldContain "has 9223372036854775808"
        member(""""rate": -1""") shouldBe "$.rate: needs a whole number from 0 to 4294967295, has -1"
        member(""""open": 1""") shouldBe "$.open: needs true or false, has the number 1"
        member(""""season": "Spring"""") shouldBe "$.season: unknown season \"Spring\"; did you mean \"spring\"? known: autumn, spring"
        member(""""season": null""") shouldBe "$.season: needs text, has null"
        member(""""counts": {"a": 1, "b": "x"}""") shouldBe "$.counts.b: needs a whole number, has the text \"x\""
        member(""""counts": []""") shouldBe "$.counts: needs an object, has a list"
        member(""""initial": "ab"""") shouldContain "a text of one character"
        member(""""water": {"type": "pond", "depth": 1e39}""") shouldContain "$.water.depth: the number 1e39 is too large"
        member(""""plants": [{"type": "tree", "height": 2, "size": true}]""") shouldBe "$.plants[0].size: needs a whole number, has true"
        refusal("[]") shouldBe "garden.json:1:1 $: needs an object, has a list"
        refusal("null") shouldContain "needs an object, has null"
    }

    test("an unknown type lists the known ones") {
        member(""""plants": ["Tree"]""") shouldBe "$.plants[0]: unknown plant type \"Tree\"; did you mean \"tree\"? known: moss, tree"
        member(""""plants": [{"type": "fern"}]""") shouldBe "$.plants[0].type: unknown plant type \"fern\"; known: moss, tree"
        member(""""plants": [{"type": "tr${"\u0435"}e", "height": 1}]""") shouldContain "(with the letter U+0435); did you mean \"tree\"?"
        member(""""water": {"type": "bond"}""") shouldBe "$.water.type: unknown water type \"bond\"; did you mean \"pond\"? known: brook, pond"
        member(""""water": {"depth": 1}""") shouldContain "$.water.type: the key \"type\" is missing; known waters: brook, pond"
        member(""""water": {"type": "brook", "depth": 1}""") shouldContain "unknown key \"depth\""
    }

    test("what a description says against its values gets a place") {
        val text = "{\n\"name\": \"n\",\n\"plants\": [\"moss\",\n  {\"type\": \"tree\", \"height\": -1}]}"
        refusal(text) shouldBe "garden.json:4:30 $.plants[1].height: height must be positive, got -1"
        member(""""plants": [{"type": "tree", "height": 1, "leaves": 1}]""") shouldBe "$.plants[0].leaves: leaves must be below 1, got 1.0"
        member(""""plants": [{"type": "tree", "height": 1000}]""") shouldBe "$.plants[0]: no tree is that high"
        member(""""plants": ["tree"]""") shouldBe "$.plants[0].height: the key \"height\" is missing"
        member(""""area": -1""") shouldBe "$.area: an area is not negative, got -1"
    }

    test("lists, maps and open families decode by themselves") {
        JsonReader.read("[[1],[]]").decode(ListSerializer(ListSerializer(Int.serializer()))) shouldBe listOf(listOf(1), listOf())
        JsonReader.read("""{"a":null}""").decode(MapSerializer(String.serializer(), Water.serializer().nullable)) shouldBe
            mapOf("a" to null)
        val module = SerializersModule { polymorphic(Open::class) { subclass(Gate::class) } }
        val family = kotlinx.serialization.PolymorphicSerializer(Open::class)
        JsonReader.read("""{"type":"gate","wide":3}""").decode(family, module) shouldBe Gate(3)
        shouldThrow<JsonException> { JsonReader.read("""{"type":"gates"}""").decode(family, module) }.problem shouldBe
            "unknown open type \"gates\"; did you mean \"gate\"? known: gate"
    }

    test("the nearest word") {
        val words = listOf("lstm", "gru", "dense", "dropout", "embedding", "units")
        listOf("Lstm" to "lstm", "unit" to "units", "dnese" to "dense", "embeding" to "embedding", "drop out" to "dropout",
            "x" to null, "conv" to null, "lstm".repeat(1000) to null, "" to null).forEach { (word, nearest) -> nearestWord(word, words) shouldBe nearest }
        editDistance("ca", "abc") shouldBe 3
        editDistance("ab", "ba") shouldBe 1
    }
})
