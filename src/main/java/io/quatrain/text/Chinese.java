package io.quatrain.text;

import com.hankcs.hanlp.HanLP;
import com.hankcs.hanlp.seg.Segment;
import java.util.List;
import java.util.function.Supplier;

/** The one door to HanLP's dictionaries; its classes are loaded only when a method here is called. */
final class Chinese {
    private Chinese() {
    }

    static String simplified(String text) {
        return guarded(() -> HanLP.convertToSimplifiedChinese(text), "the normalization \"simplified\"");
    }

    static String traditional(String text) {
        return guarded(() -> HanLP.convertToTraditionalChinese(text), "the normalization \"traditional\"");
    }

    /** The words of a text without white space; joined they have its length. */
    static List<String> words(String text, boolean full) {
        return guarded(() -> (full ? Segments.FULL : Segments.CORE).seg(text).stream().map(term -> term.word).toList(), "the tokenizer \"hanlp\"");
    }

    private static final class Segments {
        static final Segment FULL = HanLP.newSegment();
        static final Segment CORE = HanLP.newSegment().enableNameRecognize(false).enableTranslatedNameRecognize(false)
                .enableJapaneseNameRecognize(false).enableCustomDictionary(false);
    }

    /** Runs what needs HanLP; if the jar is absent, says which one to add. */
    static <R> R guarded(Supplier<R> use, String what) {
        try {
            return use.get();
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(what + " needs HanLP, which is not on the class path; add com.hankcs:hanlp:portable-1.8.6", e);
        }
    }
}
