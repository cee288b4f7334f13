package io.quatrain.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/** Finds files by path, folder or pattern, in an order that is the same on every machine. */
public final class TextFiles {
    private static final int DEEPEST = 16;
    private static final int MOST = 100_000;

    private TextFiles() {
    }

    /**
     * The files that a path means: the file itself; all files in and below a folder; or all files that match a pattern with
     * {@code *}, {@code **}, {@code ?}, <code>{a,b}</code> or {@code [ab]}. Hidden files and folders are passed over and links to
     * folders below it not followed. Sorted by their path below the folder, by code point.
     *
     * @throws CorpusException if there is no such file
     */
    public static List<Path> find(String pathOrPattern) {
        Path path = null;
        try {
            path = Path.of(pathOrPattern);
        } catch (InvalidPathException e) {
            if (!isPattern(pathOrPattern)) {
                throw new CorpusException(pathOrPattern, "is not a path: " + e.getReason(), e);
            }
        }
        if (path != null && (Files.exists(path) || !isPattern(pathOrPattern))) {
            if (!Files.isDirectory(path)) {
                return List.of(path);                       // whether it can be read, the reader says
            }
            List<Path> files = walk(path);
            if (files.isEmpty()) {
                throw new CorpusException(pathOrPattern, "is a folder without a file in it");
            }
            return files;
        }
        String pattern = pathOrPattern.replace('\\', '/');
        int wild = 0;
        while ("*?[{".indexOf(pattern.charAt(wild)) < 0) {
            wild++;
        }
        int slash = pattern.lastIndexOf('/', wild);
        Path root = Path.of(slash < 0 ? "" : slash == 0 ? "/" : pattern.substring(0, slash));
        if (!Files.isDirectory(root)) {
            throw new CorpusException(pathOrPattern, "there is no folder " + root);
        }
        PathMatcher matcher;
        try {
            matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern.substring(slash + 1));
        } catch (PatternSyntaxException e) {
            throw new CorpusException(pathOrPattern, "is not a pattern: " + e.getDescription(), e);
        }
        List<Path> files = walk(root).stream().filter(file -> matcher.matches(root.relativize(file))).toList();
        if (files.isEmpty()) {
            throw new CorpusException(pathOrPattern, "no file matches");
        }
        return files;
    }

    static boolean isPattern(String text) {
        return text.chars().anyMatch(c -> c == '*' || c == '?' || c == '[' || c == '{');
    }

    private static List<Path> walk(Path root) {
        try {
            return walk(root, root.toRealPath());           // a walk does not go through a link, not even at its start
        } catch (IOException e) {
            throw new CorpusException(root.toString(), "cannot be listed: " + e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw new CorpusException(root.toString(), "cannot be listed: " + e.getCause().getMessage(), e);
        }
    }

    private static List<Path> walk(Path root, Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder, DEEPEST)) {
            List<Path> files = new ArrayList<>();
            paths.filter(Files::isRegularFile)
                    .map(file -> root.resolve(folder.relativize(file)))
                    .filter(file -> !isHidden(root, file))
                    .limit(MOST + 1L)
                    .forEach(files::add);
            if (files.size() > MOST) {
                throw new CorpusException(root.toString(), "has more than " + MOST + " files; give a narrower pattern");
            }
            files.sort(Comparator.comparing(file -> slashed(root, file), Vocabulary::compareCodePoints));
            return files;
        }
    }

    private static boolean isHidden(Path root, Path file) {
        for (Path part : root.relativize(file)) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    private static String slashed(Path root, Path file) {
        return root.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
    }
}
