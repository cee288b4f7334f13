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
 *
 * <p>The entering tone (入声) is gone from pinyin. Where a syllable that is level today once had it can mostly be told by how sounds have
 * changed, since level tones with an old voiced initial have become aspirated ones:
 * <pre>
 *   b, d, g, j, zh, z with tone 2 and no nasal end        白 德 国 绝 竹 泽        (but 鼻)
 *   zh, ch, sh, r with uo                                 说 捉 桌
 *   b, p, m, d, t, n, l with ie; üe; fa, fo               别 贴 学 发 佛           (but 爹, 瘸, 靴, 嗟)
 * </pre>
 * The others in use (一 七 八 十 石 出 屋 …) stand in a list here. Rare characters outside of both are read as they are today.
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
     * @param entering whether it is level today and once had the entering tone
     */
    public record Reading(String pinyin, int rhyme, boolean level, boolean oblique, boolean entering) { }

    /** Level today, of the entering tone once, and not told by the rules. */
    private static final String ENTERING = "八捌逼憋鳖拨钵剥擦插吃出戳撮搭滴督咄鸽割搁刮郭聒喝黑忽惚豁积激击缉夹揭接掬鞠磕瞌哭窟捏拍劈霹泼扑仆七漆戚掐切曲屈缺"
            + "塞杀刹失湿虱叔淑刷缩塌踢剔秃托脱挖屋吸昔惜息熄夕汐析晰淅悉膝锡蟋瞎歇蝎楔戌削薛压鸭押噎一壹揖约曰扎匝摘织只汁粥桌拙逐"
            + "察额核涸阖合盒劾斛鹄滑猾活颊壳咳璞濮芍勺舌十什石识实食蚀拾孰熟赎塾俗凸突袭席媳习侠峡狭匣狎辖黠协胁挟叶穴服伏福幅蝠辐匐袱弗拂";
    private static final String NEVER_ENTERING = "鼻爹瘸靴嗟";

    private static final Map<String, List<Reading>> READINGS = new ConcurrentHashMap<>();
    private static final Map<String, int[]> GROUPS = new ConcurrentHashMap<>();      // of a character: any tone; level, oblique; the same of old

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

    /** The rhyme groups, as bits, of the readings of a character with a tone; 0: it has no such reading. */
    static int groups(String character, char tone, boolean entering) {
        int[] groups = GROUPS.get(character);
        if (groups == null) {
            groups = new int[5];
            for (Reading reading : readings(character)) {
                int group = 1 << reading.rhyme();
                groups[0] |= group;
                groups[1] |= reading.level() ? group : 0;
                groups[2] |= reading.oblique() ? group : 0;
                groups[3] |= reading.level() && !reading.entering() ? group : 0;
                groups[4] |= reading.oblique() || reading.entering() ? group : 0;
            }
            GROUPS.put(character, groups);
        }
        return groups[tone == '中' ? 0 : (tone == '平' ? 1 : 2) + (entering ? 2 : 0)];
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
                    readings.add(new Reading(pinyin.toString(), rhyme, tone != 3 && tone != 4, tone != 1 && tone != 2,
                            tone < 3 && entering(character, pinyin.getPinyinWithoutTone(), tone)));
                }
            }
        }
        return List.copyOf(readings);
    }

    /** Whether a syllable of tone 1 or 2 had the entering tone. */
    private static boolean entering(String character, String syllable, int tone) {
        String simplified = HanLP.convertToSimplifiedChinese(character);
        if (NEVER_ENTERING.contains(simplified)) {
            return false;
        }
        String s = syllable.replace('ü', 'v');
        return ENTERING.contains(simplified)
                || tone == 2 && s.matches("(?:zh|[bdgjz]).*[^ng]")
                || s.matches("(?:zh|ch|sh|r)uo|[bpmdtnl]ie|(?:[jqxy]u|[nl]v)e|f[ao]");
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
