@file:OptIn(ExperimentalSerializationApi::class)

package io.quatrain.format

import java.nio.file.Path
import kotlinx.serialization.DeserializationStrategy
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.SerializationStrategy
import kotlinx.serialization.json.Json

/** Descriptions as JSON text: written with defaults left out, read strictly by [JsonReader] and [decode]. */
public object JsonText {
    /** How descriptions are written: two spaces, no default values, `"type"` for the subclass. */
    public val json: Json = Json {
        prettyPrint = true
        prettyPrintIndent = "  "
        encodeDefaults = false
        classDiscriminator = TYPE_KEY
    }

    public fun <T> encode(serializer: SerializationStrategy<T>, value: T): String = json.encodeToString(serializer, value)

    public fun <T> decode(deserializer: DeserializationStrategy<T>, text: String, file: String = "text"): T =
        JsonReader.read(text, file).decode(deserializer)

    /** Reads the description in [file]. Throws [FileReadException] or [JsonException]. */
    public fun <T> read(deserializer: DeserializationStrategy<T>, file: Path): T = JsonReader.read(file).decode(deserializer)
}
