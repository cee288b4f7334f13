package io.quatrain.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Joins tokens that are bytes in hexadecimal; holds the bytes of an incomplete character back. */
final class Utf8Detokenizer implements Detokenizer {
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPLACE);
    private ByteBuffer bytes = ByteBuffer.allocate(64);

    @Override public String next(String token) {
        if (!isHex(token)) {                                // the replacement character of an unknown token
            return end() + token;
        }
        if (bytes.remaining() < token.length() / 2) {
            bytes = ByteBuffer.allocate(token.length() + bytes.position()).put(bytes.flip());
        }
        for (int i = 0; i < token.length(); i += 2) {
            bytes.put((byte) Integer.parseInt(token, i, i + 2, 16));
        }
        return decode(false);
    }

    @Override public String end() {
        String rest = decode(true);
        decoder.reset();
        bytes.clear();
        return rest;
    }

    private String decode(boolean last) {
        bytes.flip();
        CharBuffer text = CharBuffer.allocate(bytes.remaining() + 4);
        decoder.decode(bytes, text, last);
        if (last) {
            decoder.flush(text);
        }
        bytes.compact();
        return text.flip().toString();
    }

    private static boolean isHex(String token) {
        return !token.isEmpty() && token.length() % 2 == 0 && token.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
    }
}
