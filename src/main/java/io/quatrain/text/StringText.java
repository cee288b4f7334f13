package io.quatrain.text;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.function.Consumer;

record StringText(String name, String text) implements Text {
    @Override public Summary forEachChunk(Consumer<String> each) {
        if (text.isEmpty()) {
            throw new CorpusException(name, "is empty; a text is needed");
        }
        MessageDigest digest = Hash.sha256();
        Chunker chunker = new Chunker(each);
        long bytes = 0;
        for (int at = 0; at < text.length(); ) {
            int end = Math.min(text.length(), at + (1 << 16));
            if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
                end--;
            }
            byte[] part = text.substring(at, end).getBytes(StandardCharsets.UTF_8);
            digest.update(part);
            bytes += part.length;
            chunker.append(text, at, end);
            at = end;
        }
        chunker.finish();
        return new Summary(bytes, text.length(), Hash.hex(digest));
    }

    @Override public String read() {
        if (text.isEmpty()) {
            throw new CorpusException(name, "is empty; a text is needed");
        }
        return text;
    }
}
