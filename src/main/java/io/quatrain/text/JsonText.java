package io.quatrain.text;

import kotlinx.serialization.SerializationException;
import kotlinx.serialization.json.Json;
import kotlinx.serialization.json.JsonElement;
import kotlinx.serialization.json.JsonPrimitive;
import org.jspecify.annotations.Nullable;

/** Parses JSON of which nothing is known; nesting is checked first, because the parser itself recurses without a limit. */
final class JsonText {
    private static final int DEEPEST = 64;

    private JsonText() {
    }

    static JsonElement parse(String place, String json) {
        int depth = 0;
        boolean inString = false;
        int line = 1;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c == '\n') {
                line++;
            }
            if (inString) {
                if (c == '\\') {
                    i++;
                } else if (c == '"') {
                    inString = false;
                }
            } else if (c == '"') {
                inString = true;
            } else if (c == '[' || c == '{') {
                if (++depth > DEEPEST) {
                    throw new CorpusException(place, "JSON nested more than " + DEEPEST + " deep at line " + line);
                }
            } else if (c == ']' || c == '}') {
                depth--;
            }
        }
        try {
            return Json.Default.parseToJsonElement(json);
        } catch (SerializationException e) {
            String message = String.valueOf(e.getMessage());
            int end = message.indexOf('\n');                // what follows is an excerpt of the input
            throw new CorpusException(place, "is not JSON: " + (end < 0 ? message : message.substring(0, end)), e);
        }
    }

    /** The value of a JSON string or number; null for anything else. */
    static @Nullable String string(@Nullable JsonElement element) {
        return element instanceof JsonPrimitive primitive && (primitive.isString() || !primitive.getContent().equals("null"))
                ? primitive.getContent() : null;
    }
}
