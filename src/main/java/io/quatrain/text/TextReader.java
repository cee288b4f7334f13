package io.quatrain.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.FileSystemLoopException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads text files without trusting them. Only regular files are opened, and no more is read than the size that the file had when
 * it was opened. Bytes that are not text in the expected encoding are refused with their position, never replaced.
 */
final class TextReader implements Text {
    private static final int BUFFER = 1 << 16;

    private final List<Path> files;
    private final @Nullable Charset charset;                // null: UTF-8, or what a byte order mark says

    TextReader(List<Path> files, @Nullable String encoding) {
        if (files.isEmpty()) {
            throw new CorpusException("no text file was given");
        }
        this.files = List.copyOf(files);
        this.charset = encoding == null ? null : charset(encoding);
    }

    private static Charset charset(String name) {
        try {
            return Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw new IllegalArgumentException("unknown encoding \"" + name + "\"; use a name such as UTF-8, UTF-16, GB18030, GBK, Big5", e);
        }
    }

    @Override public String name() {
        return files.get(0) + (files.size() == 1 ? "" : " and " + (files.size() - 1) + " more");
    }

    @Override public Summary forEachChunk(Consumer<String> each) {
        MessageDigest digest = Hash.sha256();
        Chunker chunker = new Chunker(each);
        long bytes = 0;
        long chars = 0;
        for (Path file : files) {
            if (file != files.get(0)) {
                chunker.endLine();
            }
            try {
                OneFile one = new OneFile(file, digest);
                one.read(chunker);
                bytes += one.position;
                chars += one.chars;
            } catch (IOException e) {
                throw new CorpusException(file.toString(), reason(file, e), e);
            }
        }
        chunker.finish();
        return new Summary(bytes, chars, Hash.hex(digest));
    }

    private static String reason(Path file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? "is a link to a file that does not exist" : "does not exist; check the path";
        }
        if (e instanceof AccessDeniedException) {
            return "may not be read; check its permissions";
        }
        if (e instanceof FileSystemLoopException) {
            return "is a link that leads back to itself";
        }
        String message = e instanceof java.nio.file.FileSystemException f && f.getReason() != null ? f.getReason() : e.getMessage();
        return "cannot be read: " + message;
    }

    private final class OneFile {
        private final Path file;
        private final MessageDigest digest;
        private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER);
        private final CharBuffer decoded = CharBuffer.allocate(BUFFER);
        private long position;                              // bytes read so far
        private long chars;
        private @Nullable CharsetDecoder decoder;
        private boolean wide;                               // two bytes a unit: a zero byte is no NUL
        private long nulBase;

        OneFile(Path file, MessageDigest digest) {
            this.file = file;
            this.digest = digest;
        }

        void read(Chunker chunker) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isDirectory()) {
                throw CorpusException.in(file, "is a folder; give a file, or a pattern such as " + file.resolve("*.txt"));
            }
            if (!attributes.isRegularFile()) {
                throw CorpusException.in(file, "is a device or pipe, not a file; copy its content to a file first");
            }
            long remaining = attributes.size();
            if (remaining == 0) {
                throw CorpusException.in(file, "is empty; a text is needed");
            }
            try (InputStream in = Files.newInputStream(file)) {
                while (remaining > 0) {
                    int count = in.readNBytes(bytes.array(), bytes.position(), (int) Math.min(remaining, bytes.remaining()));
                    if (count == 0) {
                        break;
                    }
                    digest.update(bytes.array(), bytes.position(), count);
                    bytes.position(bytes.position() + count);
                    position += count;
                    remaining -= count;
                    decode(chunker, remaining == 0);
                }
                decode(chunker, true);
            }
            if (chars == 0) {
                throw CorpusException.in(file, "is empty but for a byte order mark; a text is needed");
            }
        }

        private void decode(Chunker chunker, boolean last) {
            bytes.flip();
            CharsetDecoder decoder = this.decoder == null ? start() : this.decoder;
            if (!wide) {
                refuseNul();
            }
            CoderResult result = decoder.decode(bytes, decoded, last);
            while (true) {
                if (result.isError()) {
                    throw malformed(decoder.charset(), result.length());
                }
                pass(chunker);
                if (result.isUnderflow()) {
                    break;
                }
                result = decoder.decode(bytes, decoded, last);
            }
            bytes.compact();
        }

        private void pass(Chunker chunker) {
            decoded.flip();
            if (wide) {
                for (int i = 0; i < decoded.limit(); i++) {
                    if (decoded.get(i) == 0) {
                        throw nul(nulBase + 2 * (chars + i));
                    }
                }
            }
            chars += decoded.limit();
            chunker.append(decoded, 0, decoded.limit());
            decoded.clear();
        }

        /** Looks at the first bytes: a byte order mark decides, and is skipped. */
        private CharsetDecoder start() {
            Charset chosen = charset == null ? StandardCharsets.UTF_8 : charset;
            boolean utf16 = chosen.name().startsWith("UTF-16");
            if (charset == null && starts(0xff, 0xfe, 0, 0) || charset == null && starts(0, 0, 0xfe, 0xff)) {
                throw CorpusException.in(file, "is UTF-32; save it as UTF-8");
            }
            int mark = 0;
            if (starts(0xef, 0xbb, 0xbf) && chosen == StandardCharsets.UTF_8) {
                mark = 3;
            } else if (starts(0xff, 0xfe) && (charset == null || utf16 && chosen != StandardCharsets.UTF_16BE)) {
                chosen = StandardCharsets.UTF_16LE;
                mark = 2;
            } else if (starts(0xfe, 0xff) && (charset == null || utf16 && chosen != StandardCharsets.UTF_16LE)) {
                chosen = StandardCharsets.UTF_16BE;
                mark = 2;
            }
            bytes.position(mark);
            nulBase = mark;
            wide = chosen.name().startsWith("UTF-16") || chosen.name().startsWith("UTF-32");
            return decoder = chosen.newDecoder().onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT);
        }

        private boolean starts(int... expected) {
            if (bytes.limit() < expected.length) {
                return false;
            }
            for (int i = 0; i < expected.length; i++) {
                if ((bytes.get(i) & 0xff) != expected[i]) {
                    return false;
                }
            }
            return true;
        }

        private void refuseNul() {
            for (int i = bytes.position(); i < bytes.limit(); i++) {
                if (bytes.get(i) == 0) {
                    throw nul(position - bytes.limit() + i);
                }
            }
        }

        private CorpusException nul(long at) {
            String format = format();
            String guess = format != null ? "it looks like " + format
                    : charset == null && looksLikeUtf16() ? "it looks like UTF-16 without a byte order mark; save it as UTF-8, or say encoding = \"UTF-16LE\" or \"UTF-16BE\""
                    : "this is not a text file";
            return CorpusException.in(file, "byte " + at + " is NUL; " + guess);
        }

        private boolean looksLikeUtf16() {
            int even = 0;
            int odd = 0;
            for (int i = 0; i < bytes.limit(); i++) {
                if (bytes.get(i) == 0) {
                    if (i % 2 == 0) {
                        even++;
                    } else {
                        odd++;
                    }
                }
            }
            return bytes.limit() >= 16 && Math.max(even, odd) > 8 * Math.min(even, odd) && Math.max(even, odd) >= bytes.limit() / 8;
        }

        private CorpusException malformed(Charset tried, int length) {
            long at = position - bytes.limit() + bytes.position();
            StringBuilder hex = new StringBuilder();
            for (int i = 0; i < Math.min(length, bytes.remaining()); i++) {
                hex.append(i == 0 ? "" : " ").append(String.format("%02x", bytes.get(bytes.position() + i)));
            }
            String format = format();
            String guess = format != null ? "it looks like " + format
                    : length == bytes.remaining() && cutOff() ? "the file ends in the middle of a character; is all of it there?"
                    : charset == null && isChinese("GB18030") ? "if it is Chinese text in GBK, say encoding = \"GB18030\", otherwise save it as UTF-8"
                    : "save it as UTF-8, or name its encoding";
            return CorpusException.in(file, "byte " + at + " (" + hex + ") is not " + tried.name() + "; " + guess);
        }

        /** Whether what is left could be the beginning of a character of UTF-8. */
        private boolean cutOff() {
            int first = bytes.get(bytes.position()) & 0xff;
            return (charset == null || charset == StandardCharsets.UTF_8) && first >= 0xc2 && first < 0xf5 && bytes.remaining() < (first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4);
        }

        /** Whether the beginning of the buffer decodes in that encoding, to Chinese characters for the most part. */
        private boolean isChinese(String name) {
            CharBuffer chars;
            try {
                int end = bytes.limit();
                ByteBuffer all = ByteBuffer.wrap(bytes.array(), 0, Math.min(end, 1 << 12));
                chars = CharBuffer.allocate(1 << 12);
                CoderResult result = Charset.forName(name).newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT).decode(all, chars, false);
                if (result.isError()) {
                    result.throwException();
                }
            } catch (CharacterCodingException e) {
                return false;
            }
            chars.flip();
            long ideographs = chars.chars().filter(c -> c >= 0x4e00 && c <= 0x9fff).count();
            long letters = chars.chars().filter(c -> c > 0x7f).count();
            return ideographs > letters / 2;
        }

        private @Nullable String format() {
            if (position > BUFFER) {
                return null;
            }
            return starts(0x1f, 0x8b) ? "gzip; unpack it first"
                    : starts('P', 'K', 3, 4) ? "a zip file; unpack it first"
                    : starts(0x28, 0xb5, 0x2f, 0xfd) ? "zstd; unpack it first"
                    : starts(0xfd, '7', 'z', 'X', 'Z') ? "xz; unpack it first"
                    : starts('%', 'P', 'D', 'F') ? "a PDF; save its text as UTF-8"
                    : starts(0xd0, 0xcf, 0x11, 0xe0) ? "an old Office document; save its text as UTF-8"
                    : starts(0x89, 'P', 'N', 'G') || starts(0xff, 0xd8, 0xff) ? "a picture"
                    : starts(0x7f, 'E', 'L', 'F') || starts(0xca, 0xfe, 0xba, 0xbe) ? "a program"
                    : null;
        }
    }
}
