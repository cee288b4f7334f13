package io.quatrain.text;

import com.hankcs.hanlp.HanLP;

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

    /** Runs what needs HanLP; if the jar is absent, says which one to add. */
    static <R> R guarded(java.util.function.Supplier<R> use, String what) {
        try {
            return use.get();
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(what + " needs HanLP, which is not on the class path; add com.hankcs:hanlp:portable-1.8.6", e);
        }
    }
}
