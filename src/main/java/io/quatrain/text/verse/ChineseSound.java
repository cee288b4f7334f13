package io.quatrain.text.verse;

import com.hankcs.hanlp.HanLP;
import com.hankcs.hanlp.dictionary.py.Pinyin;
import com.hankcs.hanlp.dictionary.py.PinyinDictionary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How a character sounds, by the pinyin of HanLP's dictionary (which must be on the class path): its tone, level (平, tones 1 and 2) or
 * oblique (仄, tones 3 and 4), and its rhyme, one of the fourteen groups of the 中华新韵 (2005). Modern sounds: entering tones of old
 * poems are read as they are spoken today. A character with several readings may be used with any of them.
 */
public final class ChineseSound {
    /** The rhyme groups, named as the book names them. */
    public static final List<String> RHYMES = List.of("麻", "波", "皆", "开", "微", "豪", "尤", "寒", "文", "唐", "庚", "齐", "支", "姑");

    /**
     * One reading of a character.
     *
     * @param pinyin  with tone: {@code guang1}
     * @param rhyme   index of its group in {@link #RHYMES}
     * @param level   whether it can stand where a level tone is needed; the neutral tone can stand anywhere
     * @param oblique whether it can stand where an oblique tone is needed
     */
    public record Reading(String pinyin, int rhyme, boolean level, boolean oblique) { }

    private static final Map<String, List<Reading>> READINGS = new ConcurrentHashMap<>();

    private ChineseSound() {
    }

    /**
     * The readings of a character, the usual one first; empty if the dictionary does not have it.
     *
     * @throws IllegalStateException if HanLP is not on the class path
     */
    public static List<Reading> readings(String character) {
        List<Reading> known = READINGS.get(character);
        if (known == null) {
            try {
                known = look(character);
            } catch (NoClassDefFoundError e) {
                throw new IllegalStateException("rhymes and tones need HanLP, which is not on the class path; add com.hankcs:hanlp:portable-1.8.6", e);
            }
            READINGS.put(character, known);
        }
        return known;
    }

    private static List<Reading> look(String character) {
        Pinyin[] found = PinyinDictionary.get(character);
        if (found == null) {
            found = PinyinDictionary.get(HanLP.convertToSimplifiedChinese(character));
        }
        List<Reading> readings = new ArrayList<>();
        if (found != null) {
            for (Pinyin pinyin : found) {
                int rhyme = rhyme(pinyin.getPinyinWithoutTone());
                if (rhyme >= 0) {
                    int tone = pinyin.getTone();
                    readings.add(new Reading(pinyin.toString(), rhyme, tone != 3 && tone != 4, tone != 1 && tone != 2));
                }
            }
        }
        return List.copyOf(readings);
    }

    /** The group of a syllable without tone, -1 if it is none; {@code lv} is lü. */
    static int rhyme(String syllable) {
        String s = syllable.replace('ü', 'v');
        if (s.matches("(?:zh|ch|sh|r|z|c|s)i")) {
            return 12;                                                                  // 支: the vowel of shi
        }
        if (s.matches("[jqxy]u")) {
            return 11;                                                                  // 齐: u is ü here
        }
        String fin = s.equals("ye") ? "ie" : s.replaceFirst("^(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])", "");
        return switch (fin) {
            case "a", "ia", "ua" -> 0;
            case "o", "e", "uo" -> 1;
            case "ie", "ue", "ve" -> 2;
            case "ai", "uai" -> 3;
            case "ei", "ui" -> 4;
            case "ao", "iao" -> 5;
            case "ou", "iu" -> 6;
            case "an", "ian", "uan" -> 7;
            case "en", "in", "un" -> 8;
            case "ang", "iang", "uang" -> 9;
            case "eng", "ing", "ong", "iong" -> 10;
            case "i", "er", "v" -> 11;
            case "u" -> 13;
            default -> -1;
        };
    }
}
